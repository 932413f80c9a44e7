using Retort.Checkpoints;
using Retort.Formats.Safetensors;
using Retort.Nn.Adapters;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class TrainStateTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Optimiser, average, best weights and checkpoint are those of the adapters, and the frozen model stays as it is.</summary>
    [Fact]
    public void WithAdaptersTheyAloneAreTrainedAndSaved()
    {
        var recipe = new TrainingRecipe { EmaDecay = 0.5, Patience = 2 };
        using var model = Model();
        using var other = Model();
        var (own, its) = (LowRankAdapters.Create(model, new LowRankOptions(2, 4), new Seed(1)),
            LowRankAdapters.Create(other, new LowRankOptions(2, 4), new Seed(2)));
        using TrainState first = new(model, recipe), second = new(other, recipe);
        var frozen = _device.ToFloats(model.Weights.Flat);
        _device.Kernels.Fill(own.Weights.Gradients.Storage, 1);
        first.Update(0.1, 1);
        first.Average!.Update();
        first.KeepBest(0.5, 1);
        var best = _device.ToFloats(own.Weights.Flat);
        var plan = new TrainingPlan("lora", "train", recipe, 2, new Seed(3), _folder.At("checkpoint.safetensors"));
        TrainingCheckpoint.Save(plan, first);
        using (var reader = SafetensorsReader.Open(plan.CheckpointPath))
            Assert.All(reader.Entries.Values, entry => Assert.True(entry.Elements <= own.Weights.Flat.Shape.Count, entry.Name));
        Assert.NotEqual(best, _device.ToFloats(its.Weights.Flat));
        Assert.True(TrainingCheckpoint.TryRestore(plan, second));
        Assert.Equal(best, _device.ToFloats(its.Weights.Flat));
        first.Update(0.1, 1);
        Assert.NotEqual(best, _device.ToFloats(own.Weights.Flat));
        first.AdoptBest();
        Assert.Equal(best, _device.ToFloats(own.Weights.Flat));
        Assert.Equal(frozen, _device.ToFloats(model.Weights.Flat));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    private Gpt Model()
    {
        var model = new Gpt(new GptShape(20, 8, 2, 2, 1, 4, 12, 16));
        model.Build(_device, new Seed(3));
        return model;
    }
}
