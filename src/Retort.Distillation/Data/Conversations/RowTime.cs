using System.Globalization;
using System.Text.Json;

namespace Retort.Data.Conversations;

/// <summary>
/// When something was said: a number is seconds or milliseconds since 1970, a text is ISO 8601, UTC where it names no zone.
/// </summary>
public static class RowTime
{
    private const double SmallestMilliseconds = 1e11, Largest = 2e14;

    private static readonly string[] keys = ["ts", "time", "timestamp", "created", "created_at"];

    /// <returns>Null where no key of a row gives a time.</returns>
    public static DateTimeOffset? Of(IReadOnlyDictionary<string, JsonElement> fields) =>
        keys.Select(key => fields.TryGetValue(key, out var value) ? Of(value) : null).FirstOrDefault(time => time is not null);

    public static DateTimeOffset? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Parse(value.GetString()!),
        JsonValueKind.Number when value.TryGetDouble(out var number) => Of(number),
        _ => null,
    };

    public static DateTimeOffset? Of(double number) => number is >= 0 and < Largest
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)(number < SmallestMilliseconds ? number * 1000 : number))
        : null;

    public static DateTimeOffset? Parse(string text) => text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text,
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
