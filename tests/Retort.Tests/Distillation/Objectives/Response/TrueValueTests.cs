using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class TrueValueTests
{
    /// <summary>
    /// Errors of 1, −2 and 0: their squares' mean is 5/3, the gradient 2·error/3. A row that does not count changes nothing.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ByHand(bool another)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        double[] answers = another ? [50, 2, 1, 3] : [2, 1, 3];
        int[] classes = another ? [Signals.Ignored, 0, 0, 0] : [0, 0, 0];
        var logits = step.Variable(new Shape(answers.Length, 1), answers);
        var signals = new Signals(logits, classes, null) { Numbers = another ? (float[])[7, 1, 3, 3] : (float[])[1, 3, 3] };
        var loss = new TrueValue().Loss(step, signals.Counted(step), 0);
        Assert.Equal(5 / 3.0, device.ToDoubles(loss)[0], 1e-12);
        step.Backward(loss);
        Assert.Equal([2 / 3.0, -4 / 3.0, 0], device.ToDoubles(step.GradientOf(logits))[^3..], (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
