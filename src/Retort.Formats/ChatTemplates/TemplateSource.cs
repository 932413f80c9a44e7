namespace Retort.Formats.ChatTemplates;

/// <summary>The text of a template, which says where in it something is wrong.</summary>
internal sealed class TemplateSource
{
    public const int LongestTemplate = 1 << 20;

    private readonly string _name;

    /// <param name="name">For errors.</param>
    /// <param name="text">Line ends become line feeds, and one at the end goes, as Jinja has it.</param>
    public TemplateSource(string name, string text)
    {
        _name = name;
        if (text.Length > LongestTemplate)
            throw new FormatException(name, $"a template of {text.Length} characters", $"expected at most {LongestTemplate}");
        Text = text.ReplaceLineEndings("\n");
        if (Text.EndsWith('\n')) Text = Text[..^1];
    }

    public string Text { get; }

    public FormatException Refuse(int place, string what, string expected = "", string remedy = "", Exception? inner = null)
    {
        place = Math.Min(place, Text.Length);
        var line = Text.AsSpan(0, place).Count('\n') + 1;
        var column = place - Text.AsSpan(0, place).LastIndexOf('\n');
        return new FormatException($"{_name}:{line}:{column}", what, expected, remedy, inner);
    }
}
