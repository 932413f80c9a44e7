using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Metrics;

/// <summary>Every metric against a value worked out by hand.</summary>
public sealed class MetricValueTests
{
    private static readonly int[] labels = [0, 1, 1];
    private static readonly Predictions teacher = Cases.FromProbabilities("teacher", 2, 0.8, 0.2, 0.4, 0.6, 0.7, 0.3);
    private static readonly Predictions student = Cases.FromProbabilities("student", 2, 0.6, 0.4, 0.9, 0.1, 0.7, 0.3);

    [Fact]
    public void Accuracy_counts_right_rows()
    {
        Assert.Equal(2.0 / 3, Accuracy.Of(teacher, labels), 12);
        Assert.Equal(new double[] { 1, 0, 0 }, Accuracy.PerExample(student, labels));
    }

    [Fact]
    public void A_tie_goes_to_the_lower_class() => Assert.Equal(0, new Predictions("m", 3, [1, 1, 0]).Top(0));

    [Fact]
    public void Negative_log_likelihood_takes_the_labels_column()
        => Assert.Equal(-(Math.Log(0.8) + Math.Log(0.6) + Math.Log(0.3)) / 3, NegativeLogLikelihood.Of(teacher, labels), 6);

    [Fact]
    public void Calibration_error_by_hand()
    {
        // Three bins with one example each: confidences .8 right, .6 right, .7 wrong.
        Assert.Equal((0.2 + 0.4 + 0.7) / 3, ExpectedCalibrationError.Of(teacher, labels), 6);
        // Two examples that share a bin cancel: confidence .5 each, one right.
        var shared = Cases.FromProbabilities("m", 2, 0.51, 0.49, 0.51, 0.49);
        Assert.Equal(0.01, ExpectedCalibrationError.Of(shared, [0, 1]), 6);
    }

    [Fact]
    public void Reliability_has_fifteen_bins_open_below()
    {
        var certain = ExpectedCalibrationError.Reliability(Cases.Choosing("m", 2, 0, 0), [0, 1]);
        Assert.Equal(15, certain.Count);
        Assert.Equal(2, certain[14].Examples);
        Assert.Equal(0.5, certain[14].Accuracy);
        Assert.All(certain.Take(14), bin => Assert.Equal(0, bin.Examples));
    }

    [Fact]
    public void Brier_sums_over_all_classes()
        => Assert.Equal((2 * 0.04 + 2 * 0.16 + 2 * 0.49) / 3, BrierScore.Of(teacher, labels), 6);

    [Fact]
    public void Agreement_ignores_the_truth() => Assert.Equal(2.0 / 3, Agreement.Of(teacher, student), 12);

    [Fact]
    public void Kl_is_teacher_first_and_a_mean_over_examples()
    {
        var first = 0.8 * Math.Log(0.8 / 0.6) + 0.2 * Math.Log(0.2 / 0.4);
        var second = 0.4 * Math.Log(0.4 / 0.9) + 0.6 * Math.Log(0.6 / 0.1);
        Assert.Equal((first + second) / 3, KlFromTeacher.Of(teacher, student), 6);
        Assert.NotEqual(KlFromTeacher.Of(teacher, student), KlFromTeacher.Of(student, teacher), 3);
        Assert.Equal(0, KlFromTeacher.Of(teacher, teacher));
    }

    [Fact]
    public void Flips_count_each_kind()
    {
        var t = Cases.Choosing("t", 3, 0, 1, 2, 2, 0);
        var s = Cases.Choosing("s", 3, 0, 0, 1, 2, 1);
        Assert.Equal(new Flips(Lost: 1, Gained: 1, Inherited: 1), Flips.Of(t, s, [0, 1, 1, 0, 2]));
    }

    [Fact]
    public void Confusion_rows_are_the_truth()
    {
        var matrix = ConfusionMatrix.Of(student, labels);
        Assert.Equal(1, matrix[0, 0]);
        Assert.Equal(2, matrix[1, 0]);
        Assert.Equal(0, matrix[1, 1]);
        Assert.Equal(2, matrix.RowTotal(1));
    }

    [Fact]
    public void Groups_without_examples_have_no_accuracy()
    {
        var rows = GroupAccuracy.Of([1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, -1], ["a", "b"]);
        Assert.Equal(new GroupRow("a", 2, 1, 0.5, 0), rows[0]);
        Assert.Equal(new GroupRow("b", 0, null, null, null), rows[1]);
    }

    [Fact]
    public void Best_temperature_recovers_a_known_scale()
    {
        // Right three times in four with logits ±3: NLL is least where σ(6/T) = 3/4, T = 6 / ln 3.
        var model = new Predictions("m", 2, [3, -3, 3, -3, 3, -3, 3, -3]);
        Assert.Equal(6 / Math.Log(3), BestTemperature.Of(model, [0, 0, 0, 1]), 4);
    }

    [Fact]
    public void Top_five_overlap_by_hand()
    {
        var up = new Predictions("t", 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var shifted = new Predictions("s", 10, [0, 1, 2, 9, 8, 7, 6, 5, 4, 3]);
        Assert.Equal(3.0 / 5, Top5Overlap.Of(up, shifted));
        Assert.Null(Top5Overlap.Of(teacher, student));
    }
}
