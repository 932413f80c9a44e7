using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Adversarial;

public sealed class LogitDiscriminatorTests
{
    private static readonly double[] Student = [0, 0], Teacher = [Math.Log(3), 0];

    /// <summary>One unit that reads ln p of the second class: ln ½ of the student, ln ¼ of the teacher, both times 0.2 below 0.</summary>
    [Fact]
    public void ByHand()
    {
        static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
        var (oddsOfStudent, oddsOfTeacher) = (0.5 - 2 * 0.2 * Math.Log(0.5), 0.5 - 2 * 0.2 * Math.Log(0.25));
        var expected = 2 * Math.Log(2) - Softplus(-oddsOfTeacher) - Softplus(oddsOfStudent);
        Assert.Equal(expected, At(0.5).Loss, 1e-6);
    }

    [Fact]
    public void ADiscriminatorThatSaysNothingMeasuresNothing() => Assert.Equal(0, At(0, output: 0).Loss, 1e-7);

    /// <summary>A step down the gradient of its parameters raises the value; the student's own gradient is the value's.</summary>
    [Fact]
    public void TheDiscriminatorLearnsAgainstTheStudent()
    {
        const double Distance = 1e-3;
        var slope = (At(0.5 + Distance).Loss - At(0.5 - Distance).Loss) / (2 * Distance);
        Assert.True(Math.Abs(slope) > 1e-3);
        Assert.Equal(-slope, At(0.5).SlopeOfBias, Math.Abs(slope) * 1e-3);
    }

    private static (double Loss, double SlopeOfBias) At(double bias, double output = -2)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        var objective = CatalogueTests.Create("logit-discriminator", 1, 2, new Retort.Recipes.Setting("discriminatorWidth", "1"));
        var own = objective.Weights!;
        own.Build(device, new Seed(1));
        double[][] values = [[0, 1], [0], [output], [bias]];
        foreach (var (parameter, numbers) in own.Parameters.Zip(values)) device.Write(parameter.Value, numbers);
        step.Begin(training: true);
        var logits = step.Variable(new Shape(1, 2), Student);
        var loss =
            objective.Loss(step, new Signals(logits, new[] { 0 }, TeacherTarget.Logits(step.Constant(new Shape(1, 2), Teacher))), 0);
        step.Backward(loss);
        var result = (device.ToDoubles(loss)[0], device.ToDoubles(own.Gradients)[own.Parameters[3].Offset]);
        own.Dispose();
        return result;
    }
}
