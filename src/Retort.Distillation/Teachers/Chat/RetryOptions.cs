namespace Retort.Teachers.Chat;

/// <summary>How often and after which pause a request is repeated.</summary>
public sealed record RetryOptions
{
    /// <summary>Repeats after trouble of the service or the network.</summary>
    public int MostRepeats { get; init; } = 6;

    /// <summary>Repeats after an answer that is of no use; each of them costs.</summary>
    public int MostRepeatsOfAnswers { get; init; } = 2;

    /// <summary>The pause before repeat n is drawn from 0 to this times 2^n (full jitter).</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A service that asks to wait longer stops the work, which can be resumed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(10);
}
