namespace Retort.Formats.Tokenizers.PostProcessors;

/// <summary>tokenizer.json's ByteLevel as a post-processor: offsets leave out the white space at either end of a token.</summary>
/// <param name="vocabulary">Where tokens are spelt.</param>
/// <param name="addPrefixSpace">The first token's space was put there, and is not in the text.</param>
internal sealed class OffsetTrimming(Vocabulary vocabulary, bool addPrefixSpace) : IPostProcessor
{
    private static readonly char Space = ByteCharacters.Of((byte)' ');

    public IReadOnlyList<TokenSequence> Process(IReadOnlyList<TokenSequence> texts, bool addSpecialTokens)
    {
        foreach (var text in texts)
            for (var i = 0; i < text.Length; i++)
                if (vocabulary.Token(text.Ids[i]) is { } token) text.Offsets[i] = Trim(token, text.Offsets[i], i == 0);
        return texts;
    }

    private (int, int) Trim(string token, (int Start, int End) offset, bool first)
    {
        var (leading, trailing) = (0, 0);
        while (leading < token.Length && IsSpace(token[leading])) leading++;
        while (trailing < token.Length && IsSpace(token[^(trailing + 1)])) trailing++;
        if (leading > 0 && addPrefixSpace && (first || offset.Start == 0)) leading--;
        var start = Math.Min(offset.Start + leading, offset.End);
        return (start, trailing > 0 && offset.End >= trailing ? Math.Max(offset.End - trailing, start) : offset.End);
    }

    private static bool IsSpace(char unit) => unit == Space || char.IsWhiteSpace(unit);
}
