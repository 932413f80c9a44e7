using Retort.Evaluation.Metrics;
using Retort.Tensors;

namespace Retort.Evaluation;

/// <summary>Milliseconds per call at batch 1.</summary>
public sealed record LatencyFacts(double P50, double P90, double P95, double P99)
{
    /// <param name="milliseconds">One a call, in any order.</param>
    public static LatencyFacts Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new LatencyFacts(Rank(sorted, 0.5), Rank(sorted, 0.9), Rank(sorted, 0.95), Rank(sorted, 0.99));
    }

    /// <summary>Nearest rank: the smallest time that at least that share of the calls did not exceed.</summary>
    internal static double Rank(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}

/// <summary>What is known of a model besides its answers. Null: not measured; 0 for a size: nobody knows it, behind an API.</summary>
public sealed record ModelFacts(long Parameters, long Bytes, LatencyFacts? Latency = null, double? ExamplesPerSecond = null,
    double? JoulesPerThousand = null);

/// <summary>Validation answers, from which alone the post-hoc temperatures are fitted; a teacher that is paid has none.</summary>
public sealed record CalibrationSet(Predictions? Teacher, Predictions Student, Predictions Baseline, int[] Labels);

/// <summary>Everything an evaluation needs: three models' answers to the same test examples, and the truth.</summary>
public sealed record EvaluationInput
{
    public required Predictions Teacher { get; init; }
    public required Predictions Student { get; init; }

    /// <summary>The same student trained without the teacher: same initial weights, data and steps.</summary>
    public required Predictions Baseline { get; init; }
    public required ModelFacts TeacherFacts { get; init; }
    public required ModelFacts StudentFacts { get; init; }
    public required ModelFacts BaselineFacts { get; init; }
    public required int[] Labels { get; init; }
    public required string[] ClassNames { get; init; }

    /// <summary>For each example, the index of its slice in <see cref="SliceNames"/>; −1: in no slice.</summary>
    public int[]? Slice { get; init; }
    public string[]? SliceNames { get; init; }

    /// <summary>The loss of accuracy that still counts as "not worse", a fraction: .005 is half a point.</summary>
    public double Margin { get; init; } = 0.005;
    public int Resamples { get; init; } = 2000;
    public ulong Seed { get; init; }
    public CalibrationSet? Validation { get; init; }

    /// <summary>Accuracies on disturbed inputs; null = not measured.</summary>
    public IReadOnlyList<GroupRow>? Disturbed { get; init; }

    /// <summary>How the vectors of texts stand to the teacher's; null = they were not compared.</summary>
    public SentenceFidelity? StudentSentences { get; init; }
    public SentenceFidelity? BaselineSentences { get; init; }

    /// <summary>Each teacher's own answers, where there are several.</summary>
    public IReadOnlyList<Predictions> Teachers { get; init; } = [];
    public IReadOnlyDictionary<string, string>? Notes { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public void Check()
    {
        if (Labels.Length == 0)
            throw new RetortException("evaluation", "there are no test examples.", "at least one.", "check the test split of the recipe.");
        if (Resamples < 1 || !(Margin >= 0))
        {
            throw new RetortException("evaluation", $"resamples is {Resamples} and margin is {Margin}.",
                "resamples at least 1, margin at least 0.", "correct the recipe's evaluation keys.");
        }

        foreach (var predictions in new[] { Teacher, Student, Baseline })
            CheckModel(predictions, Labels, ClassNames.Length, "test");
        if (Slice is not null && (SliceNames is null || Slice.Length != Labels.Length || Slice.Any(s => s < -1 || s >= SliceNames.Length)))
        {
            throw new RetortException("evaluation", $"the slices ({Slice.Length} rows, {SliceNames?.Length ?? 0} names) do not fit.",
                $"{Labels.Length} indices from -1 to the number of names less one.", "give one slice index for each test example.");
        }

        if (Validation is null)
            return;
        foreach (var predictions in new[] { Validation.Teacher, Validation.Student, Validation.Baseline }.OfType<Predictions>())
            CheckModel(predictions, Validation.Labels, ClassNames.Length, "validation");
    }

    private static void CheckModel(Predictions predictions, int[] labels, int classes, string split)
    {
        if (predictions.Classes != classes)
        {
            throw new RetortException($"predictions of {predictions.Name}",
                $"{predictions.Classes} classes, but there are {classes} class names.", $"{classes} classes.",
                "map the model's classes to those of the data set before evaluating.");
        }

        predictions.Check(labels.Length);
        var wrong = Array.FindIndex(labels, label => label < 0 || label >= classes);
        if (wrong >= 0)
        {
            throw new RetortException("evaluation", $"{split} row {wrong} has the label {labels[wrong]}.", $"0 to {classes - 1}.",
                "check the label column.");
        }
    }
}
