namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>Tokens that go on lose their prefix, the others get a space in front.</summary>
internal static class WordPieceDecoder
{
    private static readonly (string Spaced, string Close)[] Marks =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <param name="prefix">Usually ##.</param>
    /// <param name="cleanup">Takes the space before punctuation and English contractions away.</param>
    public static TokenMapping Of(string prefix, bool cleanup) => new((token, first) =>
    {
        var text = first ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        if (!cleanup) return text;
        foreach (var (spaced, close) in Marks) text = text.Replace(spaced, close, StringComparison.Ordinal);
        return text;
    });
}
