using Retort.Formats.Tokenizers.Patterns;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads {"String": …} or {"Regex": …}.</summary>
internal static class PatternReader
{
    public static ITextPattern Read(JsonField field)
    {
        if (field.Optional("String") is { } literal)
            return literal.Text().Length > 0 ? new LiteralPattern(literal.Text())
                : throw literal.Refuse("an empty text is found everywhere", "expected a text");
        var regex = field.Required("Regex");
        return WordPattern.Named(regex.Text()) ?? (ITextPattern)RegexPattern.Of(regex.Text(), regex.Place);
    }
}
