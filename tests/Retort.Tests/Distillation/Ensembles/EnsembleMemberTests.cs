using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Ensembles;

public sealed class EnsembleMemberTests
{
    private readonly Lesson _train = Rows.Mixed(400, 1), _test = Rows.Mixed(200, 2);

    [Fact]
    public void AForestLearnsNumbersAndWords() =>
        Assert.True(Rows.Right(RandomForest.Train(_train, 20, 1, 2, new Seed(3)), _test) > 0.96);

    [Fact]
    public void AForestIsTheSameForOneSeed()
    {
        var (a, b) = (RandomForest.Train(_train, 8, 1, 0, new Seed(3)), RandomForest.Train(_train, 8, 1, 0, new Seed(3)));
        Assert.Equal(a.Trees.SelectMany(tree => tree.Nodes), b.Trees.SelectMany(tree => tree.Nodes));
        Assert.Equal(a.Trees.SelectMany(tree => tree.Values), b.Trees.SelectMany(tree => tree.Values));
    }

    [Fact]
    public void BoostingLearnsNumbersAndWords() =>
        Assert.True(Rows.Right(GradientBoosting.Train(_train, 50, 3, 0.2, 0.7, new Seed(3)), _test) > 0.96);

    /// <summary>No round: the answer is the share of class 1.</summary>
    [Fact]
    public void BoostingStartsAtTheShare()
    {
        var model = GradientBoosting.Train(_train, 0, 3, 0.1, 1, new Seed(3));
        var answer = new float[1];
        model.Answer(_test.Rows, 0, 1, answer);
        Assert.Equal(_train.Targets.Average(), answer[0], 1e-5);
    }

    [Fact]
    public void BoostingOfThreeClassesAnswersProbabilities()
    {
        var labels = Enumerable.Range(0, _train.Count).Select(row => (int)_train.Rows[row][2]).ToArray();
        var model = GradientBoosting.Train(Lesson.OfClasses(_train.Rows, labels, 3), 30, 2, 0.3, 1, new Seed(3));
        var answers = new float[3 * _test.Count];
        model.Answer(_test.Rows, 0, _test.Count, answers);
        for (var row = 0; row < _test.Count; row++)
        {
            Assert.Equal(1, answers.AsSpan(3 * row, 3).ToArray().Sum(), 1e-5);
            Assert.True(answers[3 * row + (int)_test.Rows[row][2]] > 0.9);
        }
    }

    /// <summary>Squared loss, one round of full rate: each side's leaf is Σ residuals / (rows + 1).</summary>
    [Fact]
    public void BoostingOfNumbersStepsToTheResiduals()
    {
        var rows = new MixedRows([Rows.Number(0)], [0, 0, 1, 1]);
        var model = GradientBoosting.Train(Lesson.OfNumbers(rows, [2, 2, 8, 8]), 1, 1, 1, 1, new Seed(1));
        var answers = new float[4];
        model.Answer(rows, 0, 4, answers);
        Assert.Equal([3f, 3f, 7f, 7f], answers);
    }

    /// <summary>Rows (0, a) → 0, (1, a) → 1, (0.2, b) → 1: the nearest of (0.3, a) is the first, at 0.09; (0.2, b) is at 1.01.</summary>
    [Fact]
    public void ADifferingWordIsAsFarAsTheWholeRange()
    {
        var rows = new MixedRows([Rows.Number(0), Rows.Word(1, 2)], [0, 0, 1, 0, 0.2f, 1]);
        var lesson = Lesson.OfClasses(rows, [0, 1, 1], 2);
        var asked = new MixedRows(rows.Columns, [0.3f, 0]);
        var answer = new float[1];
        new NearestNeighbours(lesson, 1).Answer(asked, 0, 1, answer);
        Assert.Equal(0, answer[0]);
        new NearestNeighbours(lesson, 2).Answer(asked, 0, 1, answer);
        Assert.Equal(0.5f, answer[0]);
    }

    [Fact]
    public void ANetLearnsFromSoftTargets()
    {
        var (net, outcome) = new NetTraining([8], 600, CheckEvery: 100).Run(
            new TableLayout(_train.Rows.Columns), _train, _test, new Seed(4));
        using (net) Assert.True(Rows.Right(net, _test) > 0.95);
        Assert.True(outcome.Validation < 0.25);
    }

    [Fact]
    public void ANetPredictsNumbers()
    {
        var rows = new MixedRows([Rows.Number(0)], [.. Enumerable.Range(0, 64).Select(i => i / 64f)]);
        var lesson = Lesson.OfNumbers(rows, [.. rows.Values.Select(value => 100 + 10 * value)]);
        var (net, outcome) = new NetTraining([4], 400, CheckEvery: 100).Run(new TableLayout(rows.Columns), lesson, lesson, new Seed(4));
        net.Dispose();
        Assert.True(outcome.Validation < 0.3);
    }

    [Fact]
    public void AnEmptyClassIsRefused()
    {
        var error = Assert.Throws<RetortException>(() => Lesson.OfClasses(_train.Rows, new int[_train.Count], 2));
        Assert.Contains("class 1 has none of the 400 training rows.", error.Message, StringComparison.Ordinal);
    }
}
