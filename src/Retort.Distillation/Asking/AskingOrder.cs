using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Asking;

/// <summary>What is to be asked, how, and for how much.</summary>
public sealed record AskingOrder
{
    public required IReadOnlyList<Prompt> Prompts { get; init; }
    public required ChatParameters Parameters { get; init; }

    /// <summary>Of the teacher; <see cref="Price.Unknown"/> counts tokens only.</summary>
    public required Price Price { get; init; }

    /// <summary>Answers to each prompt.</summary>
    public int Samples { get; init; } = 1;
    public SpendCaps Caps { get; init; } = new();

    /// <summary>The user's limits; the endpoint may tell lower ones.</summary>
    public RateLimits Rate { get; init; } = new(null, null);

    /// <summary>Most requests at once.</summary>
    public int Concurrency { get; init; } = 16;
    public RetryOptions Retries { get; init; } = new();

    /// <summary>Questions that are asked first; all but one of their answers must be accepted before the rest is asked. 0 = none.</summary>
    public int Smoke { get; init; } = 16;

    /// <summary>Share of the answers that must be accepted, or the work has failed.</summary>
    public double MinimumSuccess { get; init; } = 0.7;
    public AnswerCheck Check { get; init; } = AnswerChecks.Usual;

    /// <summary>Of the pauses between repeats.</summary>
    public Seed Seed { get; init; } = new(1);

    /// <summary>After a wish to stop, requests that are under way have so long to be answered: they are paid for.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);
}
