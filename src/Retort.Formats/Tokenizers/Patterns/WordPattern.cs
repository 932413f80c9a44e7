namespace Retort.Formats.Tokenizers.Patterns;

/// <summary>
/// The word patterns of published vocabularies, without a regular expression: every character falls into exactly one match, so a text
/// is cut in one pass. GPT-2's: openai/gpt-2, encoder.py. cl100k's, which Llama 3 and, with single digits, Qwen share:
/// openai/tiktoken, openai_public.py.
/// </summary>
internal sealed class WordPattern : ITextPattern
{
    public const string Gpt2Text = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    public const string Cl100kText =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    public const string QwenText =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly bool _later; // cl100k and what came of it
    private readonly int _digits;

    private WordPattern(bool later, int digits) => (_later, _digits) = (later, digits);

    public static WordPattern Gpt2 { get; } = new(later: false, digits: int.MaxValue);
    public static WordPattern Cl100k { get; } = new(later: true, digits: 3);
    public static WordPattern Qwen { get; } = new(later: true, digits: 1);

    /// <summary>The splitter that does what a published regular expression says, or null where we have none.</summary>
    public static WordPattern? Named(string regex) => regex switch
    {
        Gpt2Text => Gpt2,
        Cl100kText => Cl100k,
        QwenText => Qwen,
        _ => null,
    };

    public void Find(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (var place = 0; place < text.Length;)
        {
            var end = _later ? EndOfLater(text, place) : EndOfEarlier(text, place);
            matches.Add((place, end));
            place = end;
        }
    }

    private int EndOfEarlier(ReadOnlySpan<char> text, int place)
    {
        if (text[place] == '\'' && Contraction(text, place, anyCase: false) is > 0 and var contraction) return place + contraction;
        var first = text[place] == ' ' && place + 1 < text.Length ? place + 1 : place;
        var kind = CharacterClasses.At(text, first, out _);
        return kind is CharacterClass.Space or CharacterClass.NewLine ? EndOfSpace(text, place) : CharacterClasses.EndOf(kind, text, first);
    }

    private int EndOfLater(ReadOnlySpan<char> text, int place)
    {
        if (text[place] == '\'' && Contraction(text, place, anyCase: true) is > 0 and var contraction) return place + contraction;
        var kind = CharacterClasses.At(text, place, out var length);
        if (kind == CharacterClass.Letter) return CharacterClasses.EndOf(kind, text, place);
        if (kind == CharacterClass.Number) return EndOfDigits(text, place);
        var next = place + length;
        if (kind == CharacterClass.NewLine || next == text.Length) return EndOfSpaceOrMarks(text, place, kind);
        return CharacterClasses.At(text, next, out _) switch
        {
            CharacterClass.Letter => CharacterClasses.EndOf(CharacterClass.Letter, text, next),
            CharacterClass.Other when text[place] == ' ' => EndOfMarks(text, next),
            _ => EndOfSpaceOrMarks(text, place, kind),
        };
    }

    private static int EndOfSpaceOrMarks(ReadOnlySpan<char> text, int place, CharacterClass kind) =>
        kind == CharacterClass.Other ? EndOfMarks(text, place) : EndOfSpace(text, place, lines: true);

    private static int EndOfMarks(ReadOnlySpan<char> text, int place) =>
        CharacterClasses.EndOf(CharacterClass.NewLine, text, CharacterClasses.EndOf(CharacterClass.Other, text, place));

    private int EndOfDigits(ReadOnlySpan<char> text, int place)
    {
        for (var digits = 0; digits < _digits && place < text.Length; digits++)
        {
            if (CharacterClasses.At(text, place, out var length) != CharacterClass.Number) break;
            place += length;
        }
        return place;
    }

    /// <summary>White space up to its last line end where lines count; else all but the last unit, which leads the next word.</summary>
    private static int EndOfSpace(ReadOnlySpan<char> text, int place, bool lines = false)
    {
        var (end, line) = (place, -1);
        for (; end < text.Length && CharacterClasses.At(text, end, out _) is CharacterClass.Space or CharacterClass.NewLine; end++)
            if (text[end] is '\r' or '\n') line = end;
        if (lines && line >= 0) return line + 1;
        return end == text.Length || end == place + 1 ? end : end - 1;
    }

    /// <summary>Units of 's, 't, 're, 've, 'm, 'll or 'd; 0 where none stands here.</summary>
    private static int Contraction(ReadOnlySpan<char> text, int place, bool anyCase)
    {
        if (place + 1 == text.Length) return 0;
        var first = Fold(text[place + 1], anyCase);
        if (first is 's' or 't' or 'm' or 'd') return 2;
        if (place + 2 == text.Length) return 0;
        return (first, Fold(text[place + 2], anyCase)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>U+017F, the long s, folds to s as well (CaseFolding.txt).</summary>
    private static char Fold(char unit, bool anyCase) => !anyCase ? unit : unit == 'ſ' ? 's' : char.ToLowerInvariant(unit);
}
