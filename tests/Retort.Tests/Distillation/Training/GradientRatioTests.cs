using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Feature;
using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class GradientRatioTests
{
    /// <summary>
    /// Student (1/2, 1/4, 1/4), teacher (1/4, 1/2, 1/4), class 0: soft pulls by (1, −1, 0)/4, hard by (−2, 1, 1)/4; weights 3 and ½.
    /// </summary>
    [Fact]
    public void ByHand()
    {
        Assert.Equal(3 * Math.Sqrt(2) / (0.5 * Math.Sqrt(6)),
            Ratio(Term(new SoftLabel(Schedule.Constant(1)), 3), Term(new HardLabel(), 0.5, hard: true))!.Value, 1e-12);
    }

    [Fact]
    public void OneKindAloneHasNone()
    {
        Assert.Null(Ratio(Term(new SoftLabel(Schedule.Constant(1)), 1)));
        Assert.Null(Ratio(Term(new HardLabel(), 1, hard: true)));
        Assert.Null(Ratio(Term(new OwnTeacher(Schedule.Constant(1), 0.5), 1), Term(new HardLabel(), 1, hard: true)));
        Assert.Null(Ratio(Term(new SoftLabel(Schedule.Constant(1)), 0), Term(new HardLabel(), 1, hard: true)));
    }

    private static WeightedTerm Term(Objective objective, double weight, bool hard = false) =>
        new(objective, Schedule.Constant(weight)) { Hard = hard };

    private static double? Ratio(params WeightedTerm[] terms)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        using var ratio = new GradientRatio(device);
        step.Begin(training: true);
        var logits = step.Variable(new Shape(1, 3), [Math.Log(2), 0, 0]);
        var signals = new Signals(logits, new[] { 0 }, TeacherTarget.Logits(step.Constant(new Shape(1, 3), [0, Math.Log(2), 0])));
        var found = ratio.Measure(new WeightedSum(terms), signals, 0);
        Assert.Equal([Math.Log(2), 0, 0], device.ToDoubles(logits)); // untouched
        return found;
    }
}
