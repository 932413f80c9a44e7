using Retort.Evaluation.Metrics;

namespace Retort.Evaluation;

/// <summary>What an evaluation found: <see cref="EvaluationResult"/> of classes, <see cref="RegressionResult"/> of numbers.</summary>
public abstract record EvaluationOutcome
{
    public required int Examples { get; init; }

    /// <summary>Accuracies, RMSEs, or nats a token on disturbed inputs; null = not measured.</summary>
    public IReadOnlyList<GroupRow>? Disturbed { get; init; }
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>What was found on the way that a reader should know; absent in eval.json when empty.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether it was worth it.</summary>
    public abstract Judgement Judgement { get; }

    /// <summary>What is known of the student besides its answers.</summary>
    public abstract ModelFacts StudentFacts { get; }
}
