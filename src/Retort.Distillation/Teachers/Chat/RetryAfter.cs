using System.Globalization;
using System.Net.Http.Headers;

namespace Retort.Teachers.Chat;

/// <summary>How long a service asks to wait: retry-after-ms, or Retry-After in seconds or as a date.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (Number(headers, "retry-after-ms") is { } milliseconds) return TimeSpan.FromMilliseconds(milliseconds);
        if (Number(headers, "Retry-After") is { } seconds) return TimeSpan.FromSeconds(seconds);
        return headers.RetryAfter?.Date is { } date ? TimeSpan.FromTicks(Math.Max(0, (date - now).Ticks)) : null;
    }

    /// <summary>A header that is a number of something, from 0 to a year of seconds.</summary>
    public static double? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values)
        && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and <= 31_536_000 ? number : null;
}
