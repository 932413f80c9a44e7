using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Nn.Models;

public sealed class TapTests
{
    public static TheoryData<string> Nets => ["conv-net", "relu", "gelu", "silu", "tanh"];

    /// <summary>Looking at hidden values, those before an activation too, changes neither answer nor gradient.</summary>
    [Theory]
    [MemberData(nameof(Nets))]
    public void WatchingChangesNothing(string kind)
    {
        using var device = new CpuDevice(1);
        using var net = Create(kind);
        net.Build(device, new Seed(3));
        var (logits, gradient) = Run(device, net);
        net.Watch(net.TapNames);
        var (watched, watchedGradient) = Run(device, net);
        for (var i = 0; i < logits.Length; i++) Assert.Equal(logits[i], watched[i], 1e-6);
        for (var i = 0; i < gradient.Length; i++) Assert.Equal(gradient[i], watchedGradient[i], 1e-6);
        Assert.Equal(net.TapNames.Order(), net.Tapped.Keys.Order());
    }

    [Fact]
    public void TheValuesAreThoseOfTheirPlaces()
    {
        using var device = new CpuDevice(1);
        using var net = Create("conv-net");
        net.Build(device, new Seed(3));
        net.Watch(["blocks.0.norm", "blocks.0", "pool"]);
        using var step = new Step(device);
        step.Begin(training: false);
        net.Forward(step, Input(step, net));
        Assert.Equal(new Shape(2, 3, 8, 8), net.Tapped["blocks.0.norm"].Shape);
        Assert.Equal(new Shape(2, 3, 4, 4), net.Tapped["blocks.0"].Shape);
        Assert.Equal(new Shape(2, 4), net.Tapped["pool"].Shape);
        Assert.Contains(device.ToFloats(net.Tapped["blocks.0.norm"]), value => value < 0);
        Assert.DoesNotContain(device.ToFloats(net.Tapped["blocks.0"]), value => value < 0);
    }

    [Fact]
    public void ATapThatIsNotThere()
    {
        using var net = Create("relu");
        Assert.Equal("model  has no tap 'hidden.9'.\n  one of: hidden.0.linear, hidden.0, hidden.1.linear, hidden.1, output.",
            Assert.Throws<RetortException>(() => net.Watch(["hidden.9"])).Message);
    }

    private static Module Create(string kind) => kind == "conv-net" ? new ConvNet(new Shape(1, 8, 8), [3, 4], 5)
        : new Mlp(new Shape(6), [7, 4], 5, Enum.Parse<Activation>(kind, ignoreCase: true));

    private static (float[] Logits, float[] Gradient) Run(CpuDevice device, Module net)
    {
        using var step = new Step(device);
        step.Begin(training: true, new Seed(1));
        var logits = net.Forward(step, Input(step, net));
        var values = device.ToFloats(logits);
        step.Backward(logits, step.Constant(logits.Shape, [.. Enumerable.Range(0, (int)logits.Shape.Count).Select(i => i % 3 - 1.0)]));
        return (values, device.ToFloats(net.Weights.Gradients));
    }

    private static Tensor Input(Step step, Module net)
    {
        var shape = new Shape([2, .. net.ExampleShape.ToArray()]);
        return step.Constant(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(i => new Seed(9).Normal((ulong)i))]);
    }
}
