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
}
