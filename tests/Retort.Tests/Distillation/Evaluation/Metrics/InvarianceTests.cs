using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Metrics;

/// <summary>Defect 6.1 of the field: no metric may depend on the batch or on classes that never happen.</summary>
public sealed class InvarianceTests
{
    private static readonly int[] labels = [0, 1, 2, 1];
    private static readonly float[] teacherLogits = [2, 0, -1, 0.5f, 1, 0, -1, 0, 3, 1, 0.9f, 0];
    private static readonly float[] studentLogits = [1, 0.5f, 0, 2, 1, 0, 0, 0, 1, -1, 0.9f, 0];

    private static readonly Func<Predictions, Predictions, int[], double>[] metrics =
    [
        (t, s, y) => Accuracy.Of(s, y),
        (t, s, y) => NegativeLogLikelihood.Of(s, y),
        (t, s, y) => ExpectedCalibrationError.Of(s, y),
        (t, s, y) => BrierScore.Of(s, y),
        (t, s, y) => Agreement.Of(t, s),
        (t, s, y) => KlFromTeacher.Of(t, s),
    ];

    [Fact]
    public void Duplicating_the_examples_changes_nothing()
    {
        foreach (var metric in metrics)
        {
            var once = metric(new("t", 3, teacherLogits), new("s", 3, studentLogits), labels);
            var twice = metric(new("t", 3, [.. teacherLogits, .. teacherLogits]), new("s", 3, [.. studentLogits, .. studentLogits]),
                [.. labels, .. labels]);
            Assert.Equal(once, twice, 12);
        }
    }

    [Fact]
    public void Appending_a_class_that_never_happens_changes_nothing()
    {
        foreach (var metric in metrics)
        {
            var without = metric(new("t", 3, teacherLogits), new("s", 3, studentLogits), labels);
            var with = metric(new("t", 4, Append(teacherLogits)), new("s", 4, Append(studentLogits)), labels);
            Assert.Equal(without, with, 12);
        }

        static float[] Append(float[] logits) => logits.Chunk(3).SelectMany(row => row.Append(-1e4f)).ToArray();
    }

    [Fact]
    public void Adding_a_constant_to_a_row_changes_nothing()
    {
        foreach (var metric in metrics)
        {
            var plain = metric(new("t", 3, teacherLogits), new("s", 3, studentLogits), labels);
            var shifted = metric(new("t", 3, teacherLogits), new("s", 3, studentLogits.Select(z => z + 64).ToArray()), labels);
            Assert.Equal(plain, shifted, 6);
        }
    }

    [Fact]
    public void Huge_logits_stay_finite()
    {
        var t = new Predictions("t", 2, [1e4f, -1e4f, -1e4f, 1e4f]);
        var s = new Predictions("s", 2, [-1e4f, 1e4f, -1e4f, 1e4f]);
        foreach (var metric in metrics)
            Assert.True(double.IsFinite(metric(t, s, [0, 1])));
        Assert.Equal(1e4, KlFromTeacher.Of(t, s), 6);
        Assert.Equal(1e4, NegativeLogLikelihood.Of(s, [0, 1]), 6);
    }
}
