using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class CurriculumTemperatureTests
{
    private static readonly double[] Student = [1, 2, 3], Teacher = [2, 0, -1];

    [Fact]
    public void ItStartsAsASoftLabelAtFifteenPointSix()
    {
        var temperature = 1 + 20 / (1 + Math.Exp(-1));
        Assert.Equal(Worked.Of(new Retort.Objectives.Response.SoftLabel(Worked.T(temperature)), Student, Teacher, [0]).Loss, At(1, 0).Loss,
            1e-6);
        Assert.Equal(temperature, At(1, 0).Temperature, 1e-6);
    }

    /// <summary>Eight updates, of which a fourth turns the gradient round: not at all at first, wholly from the second on.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(7, 1)]
    public void TheTemperatureLearnsAgainstTheStudent(long update, double reversal)
    {
        const double Distance = 1e-4;
        var slope = (At(1 + Distance, 0).Loss - At(1 - Distance, 0).Loss) / (2 * Distance);
        Assert.True(Math.Abs(slope) > 1e-3);
        Assert.Equal(-reversal * slope, At(1, update).Slope, Math.Abs(slope) * 1e-3);
    }

    private static (double Loss, double Slope, double Temperature) At(double theta, long update)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        var objective = CatalogueTests.Create("curriculum-temperature", 1, 3, new Retort.Recipes.Setting("reversalShare", "0.25"));
        objective.Weights!.Build(device, new Seed(1));
        device.Write(objective.Weights.Parameters[0].Value, [theta]);
        step.Begin(training: true);
        var logits = step.Variable(new Shape(1, 3), Student);
        var loss =
            objective.Loss(step, new Signals(logits, new[] { 0 }, TeacherTarget.Logits(step.Constant(new Shape(1, 3), Teacher))), update);
        step.Backward(loss);
        var result = (device.ToDoubles(loss)[0], device.ToDoubles(objective.Weights.Gradients)[0], objective.LearntTemperature!.Value);
        objective.Weights.Dispose();
        return result;
    }
}
