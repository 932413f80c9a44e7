using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class PruningTests : IDisposable
{
    private static readonly PruneRecipe Recipe = new() { Sparsity = 0.5, From = 0.2, Until = 0.6, Every = 1 };
    private readonly CpuDevice _device = new(1);

    /// <summary>Half of the way: ½ · (1 − ½³).</summary>
    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0.2, 0)]
    [InlineData(0.4, 0.4375)]
    [InlineData(0.6, 0.5)]
    [InlineData(1, 0.5)]
    public void TheShareGrowsByACube(double progress, double expected) =>
        Assert.Equal(expected, Pruning.Sparsity(Recipe, progress), 1e-12);

    [Fact]
    public void TheSmallestAreCutAndBiasesAreNot()
    {
        using var net = Net([4, -1, 0.5f, -3], [0.1f, 0.2f]);
        using var pruning = new Pruning(Recipe, net.Weights);
        pruning.After(10, 10);
        Assert.Equal([4, 0, 0, -3], _device.ToFloats(net.Layers[0].Weight.Value));
        Assert.Equal([0.1f, 0.2f], _device.ToFloats(net.Layers[0].Bias.Value));
        Assert.Equal((2, 4), Pruning.Count(net.Weights));
    }

    /// <summary>An optimiser moves what was cut; it is 0 again, and whoever comes later, as after a resume, cuts the same.</summary>
    [Fact]
    public void WhatIsCutStaysCut()
    {
        using var net = Net([4, -1, 0.5f, -3], [0.1f, 0.2f]);
        using (var pruning = new Pruning(Recipe with { Every = 100 }, net.Weights))
        {
            pruning.After(10, 10);
            _device.Write(net.Layers[0].Weight.Value, [0.01f, 9, 9, 0.02f]);
            pruning.After(11, 20);
        }
        Assert.Equal([0.01f, 0, 0, 0.02f], _device.ToFloats(net.Layers[0].Weight.Value));
        using var resumed = new Pruning(Recipe with { Every = 100 }, net.Weights);
        resumed.After(12, 20);
        Assert.Equal([0.01f, 0, 0, 0.02f], _device.ToFloats(net.Layers[0].Weight.Value));
    }

    private Mlp Net(float[] weight, float[] bias)
    {
        var net = new Mlp(new Shape(2), [], 2);
        net.Build(_device, new Seed(1));
        _device.Write(net.Layers[0].Weight.Value, weight);
        _device.Write(net.Layers[0].Bias.Value, bias);
        return net;
    }

    public void Dispose() => _device.Dispose();
}
