using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tests.Distillation.Objectives;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class GeneratedExamplesTests : IDisposable
{
    private static readonly ExamplesRecipe Examples = new() { Source = "zskt", Latent = 3, Hidden = [8], Every = 3, LearningRate = 0.01 };
    private static readonly TrainingRecipe Recipe = new() { BatchSize = 5, LearningRate = 0.01, Schedule = "constant", CheckpointSteps = 4 };
    private readonly Exercise _exercise = new();

    [Fact]
    public void ExamplesStayForATurnOfTheGenerator()
    {
        using var student = Net(1);
        using var teacher = Teacher();
        using var made = Made(teacher, student);
        using var step = new Step(_exercise.Device);
        float[] Of(long update)
        {
            step.Begin(training: true);
            return _exercise.Device.ToFloats(made.Next(step, 4, update));
        }
        float[] first = Of(0), last = Of(2);
        Assert.Equal(first, last);
        Assert.NotEqual(first, Of(3));
    }

    /// <summary>The checkpoint is of update 8, within a turn; generator and optimiser are in it.</summary>
    [Fact]
    public void WhatIsResumedIsTheSameToTheBit()
    {
        using var folder = new TemporaryFolder();
        var whole = Train(folder.At("whole.safetensors"), null);
        Assert.Throws<OperationCanceledException>(() => Train(folder.At("resumed.safetensors"), 10));
        Assert.Equal(whole, Train(folder.At("resumed.safetensors"), null));
    }

    /// <returns>Weights of the student and of the generator.</returns>
    private float[][] Train(string checkpoint, long? stopAt)
    {
        using var folder = new TemporaryFolder();
        using var events = EventLog.Open(folder.At("events.jsonl"), TimeProvider.System);
        using var student = Net(1);
        using var teacher = Teacher();
        using var made = Made(teacher, student);
        using var objective = new WeightedSum([new(CatalogueTests.Create("soft-label", 1, 2), Schedule.Constant(1))]);
        objective.Build(_exercise.Device, new Seed(4));
        using var state = new TrainState(student, Recipe) { Makers = made.Trained };
        var plan = new TrainingPlan("student", "train", Recipe, 14, new Seed(3), checkpoint)
        {
            AfterUpdate = number =>
            {
                if (number == stopAt) throw new OperationCanceledException();
            },
        };
        var batches = new StoredBatches(_exercise.Data, [.. Enumerable.Range(0, 20)], null, Recipe.BatchSize, 0, new Seed(2));
        new Trainer(_exercise.Device, events, new Progress<StageProgress>()).Train(
            [new Learner("student", state, objective, teacher) { Maker = made }], batches, new ExampleValidation(_exercise.Data), plan,
            CancellationToken.None);
        return [_exercise.WeightsOf(student), _exercise.Device.ToFloats(made.Trained[0].Weights.Flat)];
    }

    private GeneratedExamples Made(LiveTeacher teacher, Mlp student) => new(Examples, new GeneratorLoss(Examples, teacher, student),
        new Shape(3), (0.5, 2), new Seed(6), _exercise.Device);

    private LiveTeacher Teacher()
    {
        var net = Net(2);
        net.Weights.Freeze(DataType.Float32);
        return new LiveTeacher([(new ModuleTeacher(net, _exercise.Device, ""), 1)], probabilities: true, answers: true);
    }

    private Mlp Net(ulong seed)
    {
        var net = new Mlp(new Shape(3), [6], 2);
        net.Build(_exercise.Device, new Seed(seed));
        return net;
    }

    public void Dispose() => _exercise.Dispose();
}
