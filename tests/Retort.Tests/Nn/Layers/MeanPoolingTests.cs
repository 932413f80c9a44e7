using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn.Layers;

public sealed class MeanPoolingTests : IDisposable
{
    private readonly ReferenceDevice _device = new();

    /// <summary>Three texts of three places and two numbers: one without padding, one with, one that is nothing else.</summary>
    [Fact]
    public void PaddingIsLeftOut()
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var x = step.Constant(new Shape(3, 3, 2), [1.0, 2, 3, 4, 5, 9, 10, 20, 30, 60, 1000, 1000, 7, 7, 7, 7, 7, 7]);
        Assert.Equal([3, 5, 20, 40, 0, 0], _device.ToDoubles(step.MeanOfPlaces(x, [1, 1, 1, 1, 1, 0, 0, 0, 0])));
        Assert.Equal([3, 5], _device.ToDoubles(step.MeanOfPlaces(x, []))[..2]);
    }

    [Fact]
    public void DirectionsHaveLengthOneAndNoughtStays()
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        Assert.Equal([0.6, 0.8, 0, 0, -1, 0], _device.ToDoubles(step.UnitLength(step.Constant(new Shape(3, 2), [3.0, 4, 0, 0, -2, 0]))));
    }

    [Fact]
    public void GradientsAgreeWithFiniteDifferences()
    {
        double[] values = [.. Enumerable.Range(0, 18).Select(i => new Seed(2).Normal((ulong)i))];
        var error = GradientCheck.WorstError(_device, [(new Shape(2, 3, 3), values)],
            (step, x) => step.UnitLength(step.MeanOfPlaces(x[0], [1, 1, 0, 1, 1, 1])), new Seed(7));
        Assert.True(error < 1e-6, $"{error}");
    }

    public void Dispose() => _device.Dispose();
}
