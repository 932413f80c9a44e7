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

    /// <summary>Two examples, each at the temperature that two layers say about its logits.</summary>
    [Fact]
    public void ByExampleEachHasItsOwnTemperature()
    {
        double[] student = [1, 2, 3, 0, -1, 4], teacher = [2, 0, -1, 1, 1, 0];
        double Alone(int row, double temperature) => Worked.Of(new Retort.Objectives.Response.SoftLabel(Worked.T(temperature)),
            student[(3 * row)..(3 * row + 3)], teacher[(3 * row)..(3 * row + 3)], [0]).Loss;
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        var objective = ByExample(device);
        var first = Run(step, objective, student, teacher, 0).Loss;
        var start = 1 + 20 / (1 + Math.Exp(-1));
        Assert.Equal((Alone(0, start) + Alone(1, start)) / 2, first, 1e-6);
        Assert.Equal(start, objective.LearntTemperature!.Value, 1e-6);

        Disturb(device, objective);
        double[] temperatures = [.. Enumerable.Range(0, 2).Select(row => 1 + 20 / (1 + Math.Exp(-Theta(device, objective,
            [.. student[(3 * row)..(3 * row + 3)], .. teacher[(3 * row)..(3 * row + 3)]])))) ];
        Assert.True(Math.Abs(temperatures[0] - temperatures[1]) > 0.1);
        Assert.Equal((Alone(0, temperatures[0]) + Alone(1, temperatures[1])) / 2, Run(step, objective, student, teacher, 0).Loss, 1e-5);
        Assert.Equal(temperatures.Average(), objective.LearntTemperature.Value, 1e-5);
        objective.Weights!.Dispose();
    }

    /// <summary>The two layers climb; the student descends at temperatures that it does not move.</summary>
    [Fact]
    public void ByExampleTheLayersLearnAgainstTheStudent()
    {
        const float Distance = 1e-3f;
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        var objective = ByExample(device);
        Disturb(device, objective);
        var (_, slopes, atLogits) = Run(step, objective, Student, Teacher, 7);
        foreach (var parameter in objective.Weights!.Parameters)
        {
            var values = device.ToFloats(parameter.Value);
            for (var i = 0; i < values.Length; i += 17)
            {
                double Moved(float change)
                {
                    float[] moved = [.. values];
                    moved[i] += change;
                    device.Write(parameter.Value, moved);
                    return Run(step, objective, Student, Teacher, 7).Loss;
                }
                var slope = (Moved(Distance) - Moved(-Distance)) / (2 * Distance);
                device.Write(parameter.Value, values);
                Assert.Equal(-slope, slopes[parameter.Offset + i], 1e-4);
            }
        }
        Assert.Contains(slopes, slope => Math.Abs(slope) > 1e-3);
        Run(step, objective, Student, Teacher, 7);
        var soft = Worked.Of(new Retort.Objectives.Response.SoftLabel(Worked.T(objective.LearntTemperature!.Value)), Student, Teacher, [0]);
        Assert.All(soft.Gradient.Zip(atLogits), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        objective.Weights.Dispose();
    }

    private static Objective ByExample(ReferenceDevice device)
    {
        var objective = CatalogueTests.Create("curriculum-temperature", 1, 3, new Retort.Recipes.Setting("scope", "example"));
        objective.Weights!.Build(device, new Seed(1));
        return objective;
    }

    /// <summary>The last layer begins with zeros; now it says something.</summary>
    private static void Disturb(ReferenceDevice device, Objective objective)
    {
        foreach (var parameter in objective.Weights!.Parameters)
            if (parameter.Name.StartsWith("output", StringComparison.Ordinal))
                device.Write(parameter.Value,
                    Enumerable.Range(0, (int)parameter.Shape.Count).Select(i => 0.1f * (float)new Seed(3).Normal((ulong)i)).ToArray());
    }

    private static double Theta(ReferenceDevice device, Objective objective, double[] logits)
    {
        var numbers = objective.Weights!.Parameters.ToDictionary(parameter => parameter.Name,
            parameter => device.ToDoubles(parameter.Value));
        var theta = 1 + numbers["output.bias"][0];
        for (var unit = 0; unit < numbers["hidden.bias"].Length; unit++)
            theta += numbers["output.weight"][unit] * Math.Max(0, numbers["hidden.bias"][unit]
                + logits.Select((logit, i) => logit * numbers["hidden.weight"][unit * logits.Length + i]).Sum());
        return theta;
    }

    private static (double Loss, double[] Slopes, double[] AtLogits) Run(Step step, Objective objective, double[] student, double[] teacher,
        long update)
    {
        step.Begin(training: true);
        var shape = new Shape(student.Length / 3, 3);
        var logits = step.Variable(shape, student);
        var loss = objective.Loss(step,
            new Signals(logits, new int[student.Length / 3], TeacherTarget.Logits(step.Constant(shape, teacher))), update);
        step.Backward(loss);
        var device = step.Device;
        return (device.ToDoubles(loss)[0], device.ToDoubles(objective.Weights!.Gradients), device.ToDoubles(step.GradientOf(logits)));
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
