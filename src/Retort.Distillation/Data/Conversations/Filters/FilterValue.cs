using System.Text.Json;

namespace Retort.Data.Conversations.Filters;

/// <summary>What a filter compares: nothing, true or false, a number, a text or a time (milliseconds since 1970).</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Number">Of a number or time; 1 for true.</param>
/// <param name="Text">Of a text.</param>
internal readonly record struct FilterValue(FilterKind Kind, double Number = 0, string? Text = null)
{
    public static FilterValue Nothing => default;

    public static FilterValue Of(bool value) => new(FilterKind.Truth, value ? 1 : 0);

    public static FilterValue Of(double value) => new(FilterKind.Number, value);

    public static FilterValue Of(string? value) => value is null ? Nothing : new(FilterKind.Text, 0, value);

    public static FilterValue Of(DateTimeOffset? value) =>
        value is { } time ? new(FilterKind.Time, time.ToUnixTimeMilliseconds()) : Nothing;

    /// <summary>Lists and objects are themselves as JSON; they equal nothing that can be written in a filter.</summary>
    public static FilterValue Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Of(value.GetString()),
        JsonValueKind.Number => Of(value.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => Of(value.GetBoolean()),
        JsonValueKind.Null or JsonValueKind.Undefined => Nothing,
        _ => new(FilterKind.Structure),
    };

    /// <summary>Beside a time, a text or number that is one; else the value itself.</summary>
    public FilterValue Beside(FilterValue other) => other.Kind != FilterKind.Time ? this : Kind switch
    {
        FilterKind.Text when RowTime.Parse(Text!) is { } time => Of(time),
        FilterKind.Number when RowTime.Of(Number) is { } time => Of(time),
        _ => this,
    };

    /// <summary>For people.</summary>
    public string Name => Kind switch
    {
        FilterKind.Nothing => "nothing",
        FilterKind.Truth => "true or false",
        FilterKind.Number => "a number",
        FilterKind.Text => "text",
        FilterKind.Time => "a time",
        _ => "a list or object",
    };
}

internal enum FilterKind
{
    Nothing,
    Truth,
    Number,
    Text,
    Time,
    Structure,
}
