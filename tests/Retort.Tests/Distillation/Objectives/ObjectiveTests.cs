using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

public sealed class ObjectiveTests
{
    private static readonly Schedule One = Schedule.Constant(1);

    // Row 1: student (1/2, 1/4, 1/4) and teacher (1/4, 1/2, 1/4); row 2: student and teacher (1/4, 1/4, 1/2).
    private static readonly double[] Student = [Math.Log(2), 0, 0, 0, 0, Math.Log(2)];
    private static readonly double[] Teacher = [0, Math.Log(2), 0, 0, 0, Math.Log(2)];
    private static readonly int[] Classes = [0, 1];

    public static TheoryData<string, double> ByHand => new()
    {
        { "hard-label", (Math.Log(2) + Math.Log(4)) / 2 },
        { "soft-label", Math.Log(2) / 4 / 2 },
        { "reverse-kl", Math.Log(2) / 4 / 2 },
        { "logit-regression", 2 * Math.Log(2) * Math.Log(2) / 6 },
        // m = (3/8, 3/8, 1/4): each KL is 1/2·ln(4/3) + 1/4·ln(2/3); over 1/4, by the scale, and two rows.
        { "jensen-shannon", 4 * (0.5 * Math.Log(4.0 / 3) + 0.25 * Math.Log(2.0 / 3)) / 2 },
    };

    [Theory]
    [MemberData(nameof(ByHand))]
    public void ValuesByHand(string name, double expected) => Assert.Equal(expected, Loss([Named(name, 1)], Student, Teacher, Classes, 3).Loss, 1e-12);

    [Fact]
    public void TheDirectionCounts()
    {
        // p = (1/2, 1/4, 1/4), q = (1/3, 1/3, 1/3): KL(q ‖ p) and KL(p ‖ q).
        double[] student = [Math.Log(2), 0, 0], teacher = [0, 0, 0];
        Assert.Equal((Math.Log(2.0 / 3) + 2 * Math.Log(4.0 / 3)) / 3, Loss([Named("soft-label", 1)], student, teacher, [0], 3).Loss, 1e-12);
        Assert.Equal(Math.Log(1.5) / 2 + Math.Log(0.75) / 2, Loss([Named("reverse-kl", 1)], student, teacher, [0], 3).Loss, 1e-12);
    }

    [Theory]
    [InlineData("soft-label")]
    [InlineData("reverse-kl")]
    [InlineData("jensen-shannon")]
    [InlineData("logit-regression")]
    public void ZeroAtEquality(string name)
    {
        double[] logits = [0.3, -2, 5, 1, 1, -7];
        var (loss, gradient) = Loss([Named(name, 3)], logits, logits, Classes, 3);
        Assert.Equal(0, loss, 1e-12);
        Assert.All(gradient, value => Assert.Equal(0, value, 1e-12));
    }

    [Theory]
    [InlineData("hard-label")]
    [InlineData("soft-label")]
    [InlineData("reverse-kl")]
    [InlineData("jensen-shannon")]
    public void DuplicatesAndImpossibleClassesChangeNothing(string name)
    {
        var alone = Loss([Named(name, 2)], Student, Teacher, Classes, 3).Loss;
        Assert.True(alone > 0.01);
        Assert.Equal(alone, Loss([Named(name, 2)], [.. Student, .. Student], [.. Teacher, .. Teacher], [.. Classes, .. Classes], 3).Loss, 1e-12);
        Assert.Equal(alone, Loss([Named(name, 2)], Widened(Student), Widened(Teacher), Classes, 5).Loss, 1e-12);
    }

    [Fact]
    public void TheGradientHardlyDependsOnTheTemperature()
    {
        double Norm(double temperature) => Math.Sqrt(Loss([Named("soft-label", temperature)], Student, Teacher, Classes, 3).Gradient.Sum(value => value * value));
        Assert.InRange(Norm(4) / Norm(8), 0.9, 1.1);
    }

    [Fact]
    public void HotSoftLabelsAreRegressionOfCentredLogits()
    {
        // T²·KL → Σ(centred difference)²/(2C): Hinton 2015, equation 4.
        double[] difference = [Math.Log(2), -Math.Log(2), 0];
        Assert.Equal(difference.Sum(value => value * value) / 6 / 2, Loss([Named("soft-label", 1e4)], Student, Teacher, Classes, 3).Loss, 1e-4);
    }

    [Theory]
    [InlineData("hard-label", "soft-label")]
    [InlineData("soft-label", "hard-label")]
    [InlineData("soft-label", "reverse-kl")]
    [InlineData("logit-regression", "jensen-shannon")]
    public void ASumIsTheSumOfItsTerms(string first, string second)
    {
        var left = Loss([Named(first, 2)], Student, Teacher, Classes, 3);
        var right = Loss([Named(second, 3)], Student, Teacher, Classes, 3);
        var both = Loss([Named(first, 2), Named(second, 3)], Student, Teacher, Classes, 3);
        Assert.Equal(left.Loss + right.Loss, both.Loss, 1e-12);
        for (var i = 0; i < both.Gradient.Length; i++) Assert.Equal(left.Gradient[i] + right.Gradient[i], both.Gradient[i], 1e-12);
    }

    [Fact]
    public void WeightAndTemperatureMove()
    {
        var objective = new SoftLabel(new Schedule(ScheduleKind.Linear, 1, 0, 10), new Schedule(ScheduleKind.Linear, 8, 2, 10));
        Assert.Equal((1.0, 8.0), (objective.TermsAt(0).SoftWeight, objective.TermsAt(0).Temperature));
        Assert.Equal((0.5, 5.0), (objective.TermsAt(5).SoftWeight, objective.TermsAt(5).Temperature));
        Assert.Equal((0.0, 2.0), (objective.TermsAt(10).SoftWeight, objective.TermsAt(10).Temperature));
        Assert.Equal(0.25, new HardLabel(new Schedule(ScheduleKind.Linear, 0, 1, 4)).TermsAt(1).HardWeight, 1e-12);
    }

    private static Objective Named(string name, double temperature) => name switch
    {
        "hard-label" => new HardLabel(One),
        "soft-label" => new SoftLabel(One, Schedule.Constant(temperature)),
        "reverse-kl" => new ReverseKl(One, Schedule.Constant(temperature)),
        "jensen-shannon" => new JensenShannon(One, Schedule.Constant(temperature), 0.5),
        _ => new LogitRegression(One),
    };

    private static double[] Widened(double[] rows) => [.. rows.Chunk(3).SelectMany(row => row.Append(-1e4).Append(-1e4))];

    private static (double Loss, double[] Gradient) Loss(Objective[] terms, double[] student, double[] teacher, int[] classes, int width)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var shape = new Shape(classes.Length, width);
        var logits = step.Variable(shape, student);
        var labels = new LabelTensors(step.Constant(new Shape(classes.Length), classes), TeacherTarget.Logits(step.Constant(shape, teacher)));
        var loss = new WeightedSum(terms).Loss(step, logits, labels, 0).Loss;
        var value = device.ToDoubles(loss)[0];
        step.Backward(loss);
        return (value, device.ToDoubles(step.GradientOf(logits)));
    }
}
