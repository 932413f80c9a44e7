using Retort.Evaluation;

namespace Retort.Judging;

/// <summary>Whether B is better than A, from figures that somebody else made.</summary>
/// <param name="Difference">Of B's figure over A's; above 0 B is better.</param>
/// <param name="Interval">Of the difference.</param>
/// <param name="Examples">That both figures stand on; null where it is not known.</param>
/// <param name="Outcome">"better", "worse", "not worse than the margin" or "not enough data", as <see cref="Verdict"/> decides it.</param>
/// <param name="Needed">Examples that would decide it, if the difference stays as it is; null where it is decided or not known.</param>
/// <param name="Ungraded">Pairs that a missing grade took out.</param>
/// <param name="Text">In plain sentences.</param>
public sealed record ScoreJudgement(double Difference, Interval Interval, int? Examples, string Outcome, long? Needed, int Ungraded = 0,
    string Text = "")
{
    /// <summary>Two-sided: McNemar's mid-p of right and wrong, the bootstrap's of finer scores; null where there are no pairs.</summary>
    public double? P { get; init; }

    /// <summary>Of right and wrong, pair by pair; null of finer scores.</summary>
    public McNemar? Signs { get; init; }

    /// <summary>Standard deviation of one pair's difference.</summary>
    public double Deviation { get; init; }
}
