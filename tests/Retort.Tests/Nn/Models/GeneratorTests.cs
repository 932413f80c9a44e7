using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

public sealed class GeneratorTests : IDisposable
{
    private readonly ReferenceDevice _device = new();

    /// <summary>Each number of a vector over the batch; all pixels of a channel over the batch.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatItMakesHasMeanNoughtAndDeviationOne(bool images)
    {
        using var generator = Create(images);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var made = generator.Forward(step, Noise(step));
        Assert.Equal(images ? new Shape(6, 2, 4, 8) : new Shape(6, 5), made.Shape);
        var values = _device.ToDoubles(made);
        var (channels, size) = images ? (2, 32) : (5, 1);
        for (var channel = 0; channel < channels; channel++)
        {
            var own = values.Where((_, i) => i / size % channels == channel).ToList();
            Assert.Equal(0, own.Average(), 1e-5);
            Assert.Equal(1, own.Average(value => value * value), 1e-2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryParameterIsReached(bool images)
    {
        using var generator = Create(images);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var made = generator.Forward(step, Noise(step));
        step.Backward(step.MeanAll(step.Multiply(made, step.Multiply(made, made))));
        Assert.All(generator.Weights.Parameters, parameter => Assert.True(step.Reached(parameter.Value), parameter.Name));
    }

    [Fact]
    public void GradientsFlowToTheNoise()
    {
        using var generator = Create(images: true);
        double[] noise = [.. Enumerable.Range(0, 18).Select(i => new Seed(2).Normal((ulong)i))];
        var error = GradientCheck.WorstError(_device, [(new Shape(6, 3), noise)], (step, x) =>
        {
            var made = generator.Forward(step, x[0]);
            return step.MeanAll(step.Multiply(made, step.Multiply(made, made)));
        }, new Seed(7));
        Assert.True(error < 1e-5, $"{error}");
    }

    [Fact]
    public void SizesThatCannotBeHalvedTwiceAreRefused() => Assert.Equal(
        "generator  was asked for images of 6 × 8 pixels.\n  height and width that are multiples of 4.\n  use examples: {source: noise}.",
        Assert.Throws<RetortException>(() => new ImageGenerator(3, (4, 4), new Shape(1, 6, 8))).Message);

    private Generator Create(bool images)
    {
        Generator generator = images ? new ImageGenerator(3, (4, 3), new Shape(2, 4, 8)) : new VectorGenerator(3, [7], 5);
        generator.Build(_device, new Seed(3));
        return generator;
    }

    private static Tensor Noise(Step step) => step.Constant(new Shape(6, 3),
        [.. Enumerable.Range(0, 18).Select(i => new Seed(2).Normal((ulong)i))]);

    public void Dispose() => _device.Dispose();
}
