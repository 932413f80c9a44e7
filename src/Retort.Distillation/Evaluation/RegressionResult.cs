namespace Retort.Evaluation;

/// <summary>One model's numbers on the test examples, in the units of the target.</summary>
public sealed record NumberScore
{
    public required string Name { get; init; }

    /// <summary>Root of the mean squared error.</summary>
    public required double Rmse { get; init; }

    /// <summary>Mean absolute error.</summary>
    public required double Mae { get; init; }

    /// <summary>1 − mean squared error / variance of the true numbers; null where they are all alike.</summary>
    public double? R2 { get; init; }

    /// <summary>RMSE against the teacher's numbers; null for the teacher itself.</summary>
    public double? RmseFromTeacher { get; init; }
    public required ModelFacts Facts { get; init; }

    /// <summary>[N]</summary>
    public required float[] Answers { get; init; }
}

/// <summary>What an evaluation of numbers found; <see cref="EvaluationJson"/> writes it as eval.json.</summary>
public sealed record RegressionResult : EvaluationOutcome
{
    /// <summary>Name of the column that is predicted.</summary>
    public required string Target { get; init; }

    /// <summary>[N] true numbers.</summary>
    public required float[] Truth { get; init; }
    public required NumberScore Teacher { get; init; }
    public required NumberScore Student { get; init; }
    public required NumberScore Baseline { get; init; }
    public required RegressionVerdict Verdict { get; init; }

    public override Judgement Judgement => Verdict;
    public override ModelFacts StudentFacts => Student.Facts;
}
