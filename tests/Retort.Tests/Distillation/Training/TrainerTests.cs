using Retort.Data;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Retort.Tensors.Devices;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class TrainerTests
{
    private static readonly TrainingRecipe Recipe = new() { BatchSize = 5, LearningRate = 0.01, Schedule = "constant" };

    [Fact]
    public void TrainingLowersTheLoss()
    {
        using var exercise = new Exercise();
        var (little, much) = (exercise.State(Recipe), exercise.State(Recipe));
        var before = exercise.WeightsOf(little.Module);
        var first = exercise.Train(little, Recipe, 1, "little");
        var last = exercise.Train(much, Recipe, 80, "much");
        Assert.NotEqual(before, exercise.WeightsOf(much.Module));
        Assert.True(last.Loss < first.Loss - 0.05, $"{last.Loss} after 80 updates, {first.Loss} after one");
        Exercise.Release(little);
        Exercise.Release(much);
    }

    [Fact]
    public void ALossThatIsNotFiniteStops()
    {
        using var exercise = new Exercise { Data = Exercise.Points(20, float.NaN) };
        var state = exercise.State(Recipe);
        var failure = Assert.Throws<RunFailedException>(() => exercise.Train(state, Recipe, 10, "student"));
        Assert.Contains("student, update 1 of 10 (epoch 1)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("is not finite; all weights are still finite", failure.Message, StringComparison.Ordinal);
        Assert.Contains("lower learningRate", failure.Message, StringComparison.Ordinal);
        Exercise.Release(state);
    }

    [Fact]
    public void PatienceKeepsTheBestAndStops()
    {
        using var exercise = new Exercise();
        var recipe = Recipe with { Patience = 2, LearningRate = 0.05 };
        var state = exercise.State(recipe);
        // The validation part says the opposite of the training part: every epoch is worse than the one before.
        var points = Exercise.Points(20);
        var opposite = new Dataset { Features = points.Features, Labels = [.. points.Labels.Select(label => 1 - label)], ExampleShape = [3],
            ClassNames = points.ClassNames, Hash = "opposite" };
        var (_, loss) = exercise.Train(state, recipe, 400, "student", opposite);
        Assert.True(state.Updates < 400, $"{state.Updates} updates");
        Assert.Equal((state.BestEpoch + 2) * 4, state.Updates);
        Assert.Equal(state.BestLoss, loss, 1e-12);
        Assert.Equal(state.BestParameters, exercise.WeightsOf(state.Module));
        Exercise.Release(state);
    }

    [Fact]
    public void MemoryOfAStepStaysTheSame()
    {
        using var exercise = new Exercise();
        var state = exercise.State(Recipe);
        using var step = new Step(exercise.Device);
        var marks = new List<long>();
        for (var update = 0; update < 8; update++)
        {
            step.Begin(training: true, new Seed((ulong)update));
            var logits = state.Module.Forward(step, step.Constant(new Shape(5, 3), exercise.Data.Features.AsSpan(0, 15)));
            step.Backward(step.RowLoss(logits, RowLossTerms.HardOnly(0), step.Constant(new Shape(5), [0, 1, 0, 1, 0])).Loss);
            marks.Add(step.HighWaterBytes);
        }
        Assert.True(marks[2] > 0);
        Assert.All(marks.Skip(3), mark => Assert.Equal(marks[2], mark));
        Exercise.Release(state);
    }

    [Fact]
    public void EveryRowOnceAnEpoch()
    {
        var data = Exercise.Points(17);
        int[] rows = [.. Enumerable.Range(2, 13)];
        var batches = new StoredBatches(data, rows, null, 5, 0, new Seed(2));
        var batch = batches.CreateBatch();
        var epochs = new List<int[]>();
        Assert.Equal(3, batches.StepsPerEpoch);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var seen = new List<int>();
            for (var i = 0; i < 3; i++)
            {
                batches.Fill(epoch * 3 + i, batch);
                for (var j = 0; j < batch.Count; j++)
                {
                    Assert.Equal(data.Example(batch.Rows[j]), batch.Examples.AsSpan(j * 3, 3));
                    Assert.Equal(data.Labels[batch.Rows[j]], batch.Classes[j]);
                    seen.Add(batch.Rows[j]);
                }
            }
            Assert.Equal(rows, seen.Order());
            epochs.Add([.. seen]);
        }
        Assert.NotEqual(epochs[0], epochs[1]);
        batches.Fill(1, batch);
        Assert.Equal(epochs[0][5..10], batch.Rows);
    }
}
