namespace Retort.Teachers.Chat;

/// <summary>
/// When the next request may go: at most so many requests and tokens a minute, spread evenly with some seconds' worth of slack (the
/// generic cell rate algorithm), and none before a moment that the service named.
/// </summary>
/// <param name="limits">The user's; the service may tell lower ones.</param>
/// <param name="time">The clock.</param>
public sealed class RequestRate(RateLimits limits, TimeProvider time)
{
    private const double SlackSeconds = 5;
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private double? _requests = limits.RequestsPerMinute, _tokens = limits.TokensPerMinute;
    private double _nextRequest, _nextToken, _notBefore;

    /// <summary>Takes a place in the order; the pause until it comes.</summary>
    /// <param name="tokens">That the request may use.</param>
    public TimeSpan Take(double tokens)
    {
        lock (_gate)
        {
            var now = Now();
            var (request, token) = (Take(ref _nextRequest, now, 1, _requests), Take(ref _nextToken, now, tokens, _tokens));
            return TimeSpan.FromSeconds(Math.Max(0, Math.Max(_notBefore - now, Math.Max(request, token))));
        }
    }

    /// <summary>Nothing goes for so long.</summary>
    public void Pause(TimeSpan span)
    {
        lock (_gate) _notBefore = Math.Max(_notBefore, Now() + span.TotalSeconds);
    }

    /// <summary>What the service tells; only lower limits count.</summary>
    public void Learn(RateLimits told)
    {
        lock (_gate) (_requests, _tokens) = (Lower(_requests, told.RequestsPerMinute), Lower(_tokens, told.TokensPerMinute));
    }

    private static double Take(ref double next, double now, double amount, double? perMinute)
    {
        if (perMinute is not { } rate) return 0;
        var begin = Math.Max(next, now - SlackSeconds);
        next = begin + amount * 60 / rate;
        return begin - now;
    }

    private static double? Lower(double? mine, double? told) => mine is { } a && told is { } b ? Math.Min(a, b) : mine ?? told;

    private double Now() => time.GetElapsedTime(_start).TotalSeconds;
}
