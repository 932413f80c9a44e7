using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Teachers;
using Retort.Tests.Distillation.Ensembles;
using Xunit;

namespace Retort.Tests.Distillation.Teachers;

public sealed class EnsembleTeacherTests
{
    /// <summary>
    /// Rows 0 → class 0 and 1 → class 1; the two nearest of 0 are both, so 1-NN with weight 0.8 says 0 and 2-NN with 0.2 says a half:
    /// class 1 has 0.1.
    /// </summary>
    [Fact]
    public void LogitsAreLogsOfProbabilities()
    {
        var lesson = Lesson.OfClasses(new MixedRows([Rows.Number(0)], [0, 1]), [0, 1], 2);
        var (one, two) = (new NearestNeighbours(lesson, 1), new NearestNeighbours(lesson, 2));
        var ensemble = new WeightedEnsemble([(one, 0.8), (two, 0.2)], lesson.Task);
        using var teacher = new EnsembleTeacher(ensemble, new TableLayout(lesson.Rows.Columns), 2, "hash", 1);
        var logits = new float[4];
        teacher.Label([0, 1], 2, logits);
        Assert.Equal([Math.Log(0.9), Math.Log(0.1), Math.Log(0.1), Math.Log(0.9)], logits.Select(logit => (double)logit), Near);
    }

    /// <summary>Three classes; a class that no model names has a floor instead of −∞.</summary>
    [Fact]
    public void AnImpossibleClassHasAFiniteLogit()
    {
        var lesson = Lesson.OfClasses(new MixedRows([Rows.Number(0)], [0, 0.5f, 1]), [0, 1, 2], 3);
        using var teacher = new EnsembleTeacher(new WeightedEnsemble([(new NearestNeighbours(lesson, 1), 1)], lesson.Task),
            new TableLayout(lesson.Rows.Columns), 3, "hash", 0);
        var logits = new float[3];
        teacher.Label([0.5f], 1, logits);
        Assert.Equal([Math.Log(1e-6), 0, Math.Log(1e-6)], logits.Select(logit => (double)logit), Near);
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-4;
}
