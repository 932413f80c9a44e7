using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class NoiseExamplesTests
{
    [Fact]
    public void ItHasTheScaleOfTheDataAndIsTheSameForAnUpdate()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        using var noise = new NoiseExamples(new Shape(1, 10, 10), (0.3, 0.1), 0, new Seed(1));
        float[] Of(long update)
        {
            step.Begin(training: false);
            return device.ToFloats(noise.Next(step, 50, update));
        }
        var first = Of(0);
        Assert.Equal(0.3, first.Average(), 0.005);
        Assert.Equal(0.1, Math.Sqrt(first.Average(value => Math.Pow(value - first.Average(), 2))), 0.005);
        Assert.NotEqual(first, Of(1));
        Assert.Equal(first, Of(0));
    }

    /// <summary>
    /// White noise: neighbours have nothing in common. Smooth noise: they do, and the image has the data's scale all the same.
    /// </summary>
    [Theory]
    [InlineData(0, -0.1, 0.1)]
    [InlineData(3, 0.4, 1)]
    public void NeighboursAreAlikeWhereItIsSmooth(int smoothness, double least, double most)
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        using var noise = new NoiseExamples(new Shape(1, 20, 20), (0, 1), smoothness, new Seed(1));
        step.Begin(training: false);
        var values = device.ToFloats(noise.Next(step, 20, 0));
        var alike = Enumerable.Range(0, values.Length - 1).Where(i => i % 20 < 19).Average(i => values[i] * values[i + 1]);
        Assert.InRange(alike, least, most);
        Assert.Equal(1, values.Average(value => value * value), 0.05);
    }
}
