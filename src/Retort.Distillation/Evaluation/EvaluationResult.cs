using Retort.Evaluation.Metrics;

namespace Retort.Evaluation;

/// <summary>One model on the test examples. What was not measured is null, and absent in eval.json.</summary>
public sealed record ModelResult
{
    public required string Name { get; init; }
    public required double Accuracy { get; init; }

    /// <summary>Mean negative log-likelihood, nats.</summary>
    public required double Loss { get; init; }
    public required double Ece { get; init; }
    public required double Brier { get; init; }
    public required ModelFacts Facts { get; init; }
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The post-hoc temperature fitted on validation data, and the ECE on test data after it.</summary>
    public double? BestTemperature { get; init; }
    public double? EceAtBestTemperature { get; init; }

    /// <summary>How it stands to the teacher; null for the teacher itself.</summary>
    public Fidelity? Fidelity { get; init; }

    /// <summary>How its vectors of texts stand to the teacher's; null for the teacher itself, and where nobody compared them.</summary>
    public SentenceFidelity? Sentences { get; init; }
}

/// <summary>How close a model is to the teacher.</summary>
/// <param name="Agreement">Share of examples on which both choose the same class.</param>
/// <param name="KlFromTeacher">KL(teacher ‖ model) at T = 1, nats per example.</param>
/// <param name="Top1Kept">acc / acc of the teacher; null when the teacher is never right.</param>
/// <param name="Top5Overlap">Null below 10 classes.</param>
/// <param name="Flips">Where the two differ in being right.</param>
public sealed record Fidelity(double Agreement, double KlFromTeacher, double? Top1Kept, double? Top5Overlap, Flips Flips);

/// <summary>What an evaluation of classes found; <see cref="EvaluationJson"/> writes it as eval.json.</summary>
public sealed record EvaluationResult : EvaluationOutcome
{
    public required ModelResult Teacher { get; init; }
    public required ModelResult Student { get; init; }
    public required ModelResult Baseline { get; init; }
    public required IReadOnlyList<GroupRow> PerClass { get; init; }

    /// <summary>Null when the data set has no slices.</summary>
    public IReadOnlyList<GroupRow>? PerSlice { get; init; }

    /// <summary>Null with one teacher.</summary>
    public Disagreement? Teachers { get; init; }
    public required Verdict Verdict { get; init; }

    public override Judgement Judgement => Verdict;
    public override ModelFacts StudentFacts => Student.Facts;
}
