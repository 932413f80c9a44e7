namespace Retort.Evaluation;

/// <summary>
/// Whether distillation was worth it, from figures on the same test examples: <see cref="Verdict"/> by accuracies,
/// <see cref="RegressionVerdict"/> by root mean square errors.
/// </summary>
public abstract record Judgement
{
    public required int Examples { get; init; }

    /// <summary>The figure of each: a share, or in the units of the number; NaN = of a teacher that cannot be asked for it.</summary>
    public required double Teacher { get; init; }
    public required double Student { get; init; }

    /// <summary>Of the same student trained without the teacher.</summary>
    public required double Baseline { get; init; }

    /// <summary>The loss that still counts as none, in the unit of the figures.</summary>
    public required double Margin { get; init; }

    /// <summary>The share of the teacher's figure that is kept; null when there is nothing to keep.</summary>
    public double? Kept { get; init; }
    public Interval? KeptInterval { get; init; }

    /// <summary>Of the student over the baseline; above 0 is better.</summary>
    public required double Gain { get; init; }
    public required Interval GainInterval { get; init; }

    /// <summary>The share of the way from baseline to teacher; null when there is no gap.</summary>
    public double? GapClosed { get; init; }
    public required string Outcome { get; init; }

    /// <summary>In plain sentences.</summary>
    public abstract string Text { get; }
}
