using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>The gradient of a gate lies where its input was: the widest value of a block exists once.</summary>
public sealed class GatedActivationOperationTests : IDisposable
{
    private static readonly double[] Numbers = [0.5, -1, 2, 3, -0.25, 1.5, 1, -2];
    private readonly ReferenceDevice _device = new();
    private readonly Step _step;

    public GatedActivationOperationTests()
    {
        _step = new Step(_device);
        _step.Begin(training: true);
    }

    public void Dispose()
    {
        _step.Dispose();
        _device.Dispose();
    }

    private Tensor Variable() => _step.Variable(new Shape(2, 4), Numbers);

    [Fact]
    public void TheWayBackTakesNoMemoryForTheWideGradient()
    {
        const int Rows = 100, Width = 200, Wide = 2 * Rows * Width * sizeof(double);
        for (var turn = 0; turn < 2; turn++) // the second one lies in one block
        {
            _step.Begin(training: true);
            var y = _step.GatedActivation(_step.Scale(_step.Variable(new Shape(Rows, 2 * Width), new double[2 * Rows * Width]), 2));
            _step.Backward(y, y);
        }
        Assert.InRange(_step.HighWaterBytes, 3.5 * Wide, 3.6 * Wide); // the variable and its gradient, the input, and the output of half
    }

    [Fact]
    public void AfterTheWayBackTheInputIsGone()
    {
        var x = _step.Scale(Variable(), 1);
        var detached = _step.Detach(x);
        var y = _step.SumAll(_step.GatedActivation(x));
        Assert.Equal(Numbers, _device.ToDoubles(x));
        _step.Backward(y);
        Assert.Contains("gated activation", Assert.Throws<RetortException>(() => _device.ToDoubles(x)).Message, StringComparison.Ordinal);
        Assert.Throws<RetortException>(() => _device.ToDoubles(detached));
    }

    /// <summary>exp saves its result: a gradient from what lies there now would be wrong in silence.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhoSavedTheInputBeforeIsRefusedOnTheWayBack(bool again)
    {
        var saved = _step.Exp(Variable());
        Tensor Gate(Tensor value) => _step.GatedActivation(_step.Reshape(value, new Shape(4, 2)));
        Tensor Block(Tensor value) => _step.Linear(Gate(value), _step.Constant(new Shape(2, 1), [1.0, 1]));
        Tensor Wide(Tensor value) => _step.Reshape(Block(value), new Shape(2, 4));
        var loss = _step.SumAll(again ? _step.Checkpointed(saved, Wide) : Wide(saved));
        Assert.Contains("gated activation", Assert.Throws<RetortException>(() => _step.Backward(loss)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASecondWayBackIsRefused()
    {
        var loss = _step.SumAll(_step.GatedActivation(_step.Scale(Variable(), 1)));
        _step.Backward(loss);
        Assert.Throws<RetortException>(() => _step.Backward(loss));
    }

    [Fact]
    public void AParameterStays()
    {
        using var weights = new Weights();
        var parameter = weights.Add("wide", new Shape(2, 4), Initializer.Normal(1));
        weights.Build(_device, new Seed(1));
        var before = _device.ToDoubles(parameter.Value);
        _step.Backward(_step.SumAll(_step.GatedActivation(parameter.Value)));
        Assert.Equal(before, _device.ToDoubles(parameter.Value));
        Assert.DoesNotContain(0.0, _device.ToDoubles(weights.Gradients)[..8]);
    }
}
