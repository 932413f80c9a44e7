using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

public sealed class ModelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GradientsAgreeWithFiniteDifferences(bool convolutional)
    {
        using var device = new ReferenceDevice();
        using Module model = convolutional ? new ConvNet(new Shape(1, 4, 4), [2, 3], 3) : new Mlp(new Shape(4), [5], 3, Activation.Tanh);
        model.Build(device, new Seed(2));
        var (shape, count) = convolutional ? (new Shape(4, 1, 4, 4), 64) : (new Shape(4, 4), 16);
        var examples = Numbers(count);
        using var step = new Step(device);
        double Loss(bool backward)
        {
            step.Begin(training: true);
            var logits = model.Forward(step, step.Constant(shape, examples));
            var loss = step.RowLoss(logits, RowLossTerms.HardOnly(0), step.Constant(new Shape(4), [0, 1, 2, 1])).Loss;
            if (backward) step.Backward(loss);
            return device.ToDoubles(loss)[0];
        }
        Loss(backward: true);
        var gradients = device.ToDoubles(model.Weights.Gradients);
        var flat = device.ToDoubles(model.Weights.Flat);
        Assert.Contains(gradients, value => Math.Abs(value) > 1e-3);
        foreach (var parameter in model.Weights.Parameters)
            for (var i = parameter.Offset; i < parameter.Offset + parameter.Shape.Count; i++)
            {
                double At(double value)
                {
                    device.Write(model.Weights.Flat.Part(i, new Shape(1)), [value]);
                    return Loss(backward: false);
                }
                var slope = (At(flat[i] + 1e-6) - At(flat[i] - 1e-6)) / 2e-6;
                device.Write(model.Weights.Flat.Part(i, new Shape(1)), [flat[i]]);
                Assert.True(Math.Abs(slope - gradients[i]) < 1e-6,
                    $"{parameter.Name}[{i - parameter.Offset}]: {gradients[i]} instead of {slope}");
            }
    }

    [Fact]
    public void ParameterCounts()
    {
        using var mlp = new Mlp(new Shape(1, 2, 2), [5, 6], 3);
        Assert.Equal(4 * 5 + 5 + 5 * 6 + 6 + 6 * 3 + 3, mlp.Weights.Count);
        Assert.Equal(4 * 5 + 5 * 6 + 6 * 3, mlp.MultiplyAdds);
        using var net = new ConvNet(new Shape(1, 8, 8), [2, 3], 4);
        Assert.Equal(9 * 2 + 4 + 9 * 2 * 3 + 6 + 3 * 4 + 4, net.Weights.Count);
        Assert.Equal(9 * 2 * 64 + 9 * 2 * 3 * 16 + 12, net.MultiplyAdds);
        Assert.Equal(4, net.Weights.States.Count);
    }

    [Fact]
    public void AnotherShapeIsRefused()
    {
        using var device = new ReferenceDevice();
        using var model = new Mlp(new Shape(4), [5], 3);
        model.Build(device, default);
        using var step = new Step(device);
        step.Begin(training: false);
        var refusal = Assert.Throws<RetortException>(() => model.Forward(step, step.Constant(new Shape(2, 3), new double[6])));
        Assert.Contains("[batch, 4]", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("mlp", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesTooSmallAreRefused()
    {
        Assert.Contains("fewer blocks", Assert.Throws<RetortException>(() => new ConvNet(new Shape(1, 2, 2), [1, 1, 1], 2)).Message,
            StringComparison.Ordinal);
        Assert.Contains("mlp", Assert.Throws<RetortException>(() => new ConvNet(new Shape(4), [1], 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DropoutDropsInTrainingOnly()
    {
        using var device = new ReferenceDevice();
        using var model = new Mlp(new Shape(4), [20], 3, dropout: 0.5);
        model.Build(device, new Seed(1));
        using var step = new Step(device);
        Assert.Equal(Answer(model, step, training: false, 1), Answer(model, step, training: false, 2));
        Assert.NotEqual(Answer(model, step, training: true, 1), Answer(model, step, training: true, 2));
        Assert.Equal(Answer(model, step, training: true, 1), Answer(model, step, training: true, 1));
    }

    [Fact]
    public void BatchStatisticsMoveInTrainingOnly()
    {
        using var device = new ReferenceDevice();
        using var model = new ConvNet(new Shape(1, 4, 4), [2], 3);
        model.Build(device, new Seed(1));
        using var step = new Step(device);
        var before = device.ToDoubles(model.Weights.FlatState);
        var first = Answer(model, step, training: false, 1);
        Assert.Equal(first, Answer(model, step, training: false, 1));
        Assert.Equal(before, device.ToDoubles(model.Weights.FlatState));
        Answer(model, step, training: true, 1);
        Assert.NotEqual(before, device.ToDoubles(model.Weights.FlatState));
        Assert.NotEqual(first, Answer(model, step, training: false, 1));
    }

    private static double[] Answer(Module model, Step step, bool training, ulong seed)
    {
        step.Begin(training, new Seed(seed));
        var shape = new Shape([4, .. model.ExampleShape.ToArray()]);
        return step.Device.ToDoubles(model.Forward(step, step.Constant(shape, Numbers((int)shape.Count))));
    }

    private static double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => new Seed(9).Normal((ulong)i))];
}
