namespace Retort.Grading;

/// <summary>What a grader says of one item.</summary>
/// <param name="Score">From 0 to 1; null = ungraded, which is never 0.</param>
/// <param name="Passed">Whether it reaches the grader's threshold; null where there is none, or no score.</param>
/// <param name="Value">As the grader means it, for formulas: a judge's 6 of 7 is 6 here.</param>
/// <param name="Why">Of an ungraded one: short, to be counted by.</param>
public sealed record Grade(double? Score, bool? Passed, double? Value, string? Why)
{
    public static Grade Of(double score, double? threshold = null) =>
        new(score, threshold is { } least ? score >= least : null, score, null);

    public static Grade Ungraded(string why) => new(null, null, null, why);
}
