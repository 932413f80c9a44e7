using Retort.Data;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Feature;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class OwnTeacherTests
{
    /// <summary>One exit says (1/2, 1/2), the end says (3/4, 1/4), the class is 0.</summary>
    [Theory]
    [InlineData(0, 0.69314718055994529)]
    [InlineData(1, 0.13081203594113697)] // ¾ ln(3/2) + ¼ ln(1/2)
    public void ByHand(double share, double expected)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        Assert.Equal(expected, device.ToDoubles(Loss(step, share, [Math.Log(3), 0], [0, 0]))[0], 1e-7);
    }

    [Fact]
    public void TheLastAnswerIsAConstant()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var (last, exit) = (step.Variable(new Shape(1, 2), (double[])[1, 0]), step.Variable(new Shape(1, 2), (double[])[0, 0]));
        step.Backward(new OwnTeacher(Schedule.Constant(2), 0.5).Loss(step, Signals(last, exit), 0));
        Assert.Throws<RetortException>(() => step.GradientOf(last));
        Assert.Equal(2, device.ToDoubles(step.GradientOf(exit)).Length);
    }

    [Fact]
    public void WithoutExitsItIsASentence()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var signals = new Signals(step.Constant(new Shape(1, 2), [1.0, 0]), (int[])[0], null);
        Assert.Contains("no exits", Assert.Throws<RetortException>(() =>
            new OwnTeacher(Schedule.Constant(1), 0.5).Loss(step, signals, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExitIsOnlyComputedWhereSomebodyLooks()
    {
        using var device = new ReferenceDevice();
        using var net = new ConvNet(new Shape(1, 4, 4), [2, 3], 2, exits: true);
        net.Build(device, new Seed(1));
        var data = new Dataset { Features = new float[32], Labels = [0, 1], ExampleShape = [1, 4, 4], ClassNames = ["a", "b"], Hash = "" };
        Assert.Equal(0.5, Assert.Single(ExitAccuracy.Of(net, data, device)));
        Assert.Contains("exits.0", net.TapNames);
        Predictor.Logits(net, data, device);
        Assert.Empty(net.Tapped);
    }

    private static Tensor Loss(Step step, double share, double[] last, double[] exit) => new OwnTeacher(Schedule.Constant(1), share)
        .Loss(step, Signals(step.Constant(new Shape(1, 2), last), step.Constant(new Shape(1, 2), exit)), 0);

    private static Signals Signals(Tensor last, Tensor exit) =>
        new(last, (int[])[0], null) { Taps = new Dictionary<string, Tensor> { ["exits.0"] = exit } };
}
