using Retort.Data;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Retort.Training;

namespace Retort.Tests.Distillation.Training;

/// <summary>A few points in two classes, and a training run over them.</summary>
internal sealed class Exercise : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string At(string name) => _folder.At(name);

    public CpuDevice Device { get; } = new(1);
    public Dataset Data { get; init; } = Points(20);

    public static Dataset Points(int count, float factor = 1) => new()
    {
        Features = [.. Enumerable.Range(0, count * 3).Select(i => factor * (float)(new Seed(4).Normal((ulong)i) + i / 3 % 2))],
        Labels = [.. Enumerable.Range(0, count).Select(row => row % 2)],
        ExampleShape = [3],
        ClassNames = ["even", "odd"],
        Hash = "points",
    };

    public TrainState State(TrainingRecipe recipe)
    {
        var module = new Mlp(new Shape(3), [6], 2, dropout: 0.2);
        module.Build(Device, new Seed(1));
        return new TrainState(module, recipe);
    }

    public (double Accuracy, double Loss) Train(TrainState state, TrainingRecipe recipe, long steps, string name,
        Dataset? validation = null, AttackedView? attack = null)
    {
        using var events = EventLog.Open(_folder.At($"{name}-{Guid.CreateVersion7():N}.jsonl"), TimeProvider.System);
        var plan = new TrainingPlan(name, "train", recipe, steps, new Seed(3), _folder.At($"{name}.safetensors"));
        var batches = new StoredBatches(Data, [.. Enumerable.Range(0, Data.Count)], null, recipe.BatchSize, 0, new Seed(2));
        var learner = new Learner(name, state, new WeightedSum([new(new HardLabel(), Schedule.Constant(1))])) { Attack = attack };
        return new Trainer(Device, events, new Progress<StageProgress>())
            .Train([learner], batches, new ExampleValidation(validation ?? Data), plan, CancellationToken.None)[0];
    }

    public float[] WeightsOf(Module module) => Device.ToFloats(module.Weights.Flat);

    public static void Release(TrainState state)
    {
        state.Module.Dispose();
        state.Dispose();
    }

    public void Dispose()
    {
        Device.Dispose();
        _folder.Dispose();
    }
}
