namespace Retort.Formats.ChatTemplates;

/// <summary>How tojson writes, by the parameters of json.dumps that transformers hands on.</summary>
/// <param name="AsciiOnly">Writes other characters as \uXXXX.</param>
/// <param name="Indent">A level's; null for one line.</param>
/// <param name="ItemSeparator">Between items.</param>
/// <param name="KeySeparator">Between a key and its value.</param>
/// <param name="SortKeys">Keys in the order of their code units.</param>
internal sealed record JsonStyle(bool AsciiOnly, string? Indent, string ItemSeparator, string KeySeparator, bool SortKeys)
{
    private const int WidestIndent = 64;

    public static JsonStyle Of(TemplateRun run, int place, ArgumentValues given)
    {
        var indent = given.Get(1, "indent", null) switch
        {
            null => null,
            string text when text.Length <= WidestIndent => text,
            long width when width <= WidestIndent => new string(' ', (int)Math.Max(0, width)),
            _ => throw run.Refuse(place, "the indent of tojson is too wide or no number", $"expected at most {WidestIndent} blanks"),
        };
        var (item, key) = given.Get(2, "separators", null) switch
        {
            null => (indent is null ? ", " : ",", ": "),
            TemplateList and [string { Length: <= WidestIndent } first, string { Length: <= WidestIndent } second] => (first, second),
            _ => throw run.Refuse(place, "the separators of tojson are no pair of short texts", "expected (', ', ': ')"),
        };
        return new JsonStyle(given.Flag(0, "ensure_ascii"), indent, item, key, given.Flag(3, "sort_keys"));
    }
}
