using Retort.Ensembles;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Ensembles;

public sealed class EnsembleSelectionTests
{
    /// <summary>
    /// Truth 1 0. Model a errs by (+.2, +.2), b by (−.6, −.6), c by (.5, −.5). Best alone a (.2); three of a and one of b err by
    /// nothing: (3·.2 − .6) / 4 = 0.
    /// </summary>
    [Fact]
    public void AModelIsTakenAsOftenAsItHelps()
    {
        float[] truth = [1, 0];
        float[][] answers = [[1.2f, 0.2f], [0.4f, -0.6f], [1.5f, -0.5f]];
        var (counts, loss) = new EnsembleSelection(Rounds: 10, MostAtStart: 1).Choose(answers, truth, 1);
        Assert.Equal([3, 1, 0], counts);
        Assert.Equal(0, loss, 1e-6);
    }

    /// <summary>The start takes the best and stops growing where a worse model would spoil it.</summary>
    [Fact]
    public void TheStartKeepsItsBestSize()
    {
        float[] truth = [1, 0];
        float[][] answers = [[0, 1], [1, 0], [0.9f, 0.1f]];
        var (counts, loss) = new EnsembleSelection(Rounds: 0, MostAtStart: 3).Choose(answers, truth, 1);
        Assert.Equal([0, 1, 0], counts);
        Assert.Equal(0, loss);
    }

    [Fact]
    public void LogLossIsCrossEntropy() =>
        Assert.Equal(-(Math.Log(0.8) + Math.Log(0.6)) / 2, AnswerLoss.LogLoss.Of([0.8f, 0.4f], [1, 0], 1), 1e-6);

    [Fact]
    public void RootMeanSquareSumsOverClasses() =>
        Assert.Equal(Math.Sqrt(2 * 0.25), AnswerLoss.RootMeanSquare.Of([0.5f, 0.5f, 0], [1, 0, 0], 3), 1e-6);

    [Fact]
    public void TheEnsembleAnswersTheWeightedMeanOnAnyThreads()
    {
        var lesson = Rows.Mixed(1300, 5);
        var (near, tree) = (new NearestNeighbours(lesson, 3), RandomForest.Train(lesson, 1, 20, 3, new Seed(1), bootstrap: false));
        using var ensemble = new WeightedEnsemble([(near, 0.25), (tree, 0.75)], lesson.Task);
        var (a, b) = (new float[lesson.Count], new float[lesson.Count]);
        near.Answer(lesson.Rows, 0, lesson.Count, a);
        tree.Answer(lesson.Rows, 0, lesson.Count, b);
        var answers = ensemble.Answer(lesson.Rows, 1);
        Assert.Equal(answers, ensemble.Answer(lesson.Rows, 2));
        Assert.Equal(0.25 * a[7] + 0.75 * b[7], answers[7], 1e-6);
        Assert.Equal(near.Bytes + tree.Bytes, ensemble.Bytes);
    }

    [Fact]
    public void ALibraryIsTrainedAndChosenFrom()
    {
        var (train, held) = (Rows.Mixed(150, 6), Rows.Mixed(100, 7));
        var size = new LibrarySize(Trees: 3, Rounds: 8, NetSteps: 40);
        var layout = new Retort.Data.Tables.TableLayout(train.Rows.Columns);
        var (ensemble, scores) = new ModelLibrary(layout, size, new Seed(8)).Select(train, held, new EnsembleSelection(Rounds: 10), null,
            CancellationToken.None);
        using (ensemble)
        {
            Assert.True(scores.Count >= 18);
            Assert.Equal(1, scores.Sum(score => score.Weight), 1e-9);
            var loss = AnswerLoss.RootMeanSquare.Of(ensemble.Answer(held.Rows), held.Targets, 1);
            Assert.True(loss <= scores.Min(score => score.Loss) + 1e-6);
        }
    }
}
