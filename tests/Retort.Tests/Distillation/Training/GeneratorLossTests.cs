using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Sources;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

/// <summary>A teacher with one hidden layer, h = relu(x) and z = h; a student with z = 0.</summary>
public sealed class GeneratorLossTests : IDisposable
{
    private static readonly float[] Rows = [2, 0, 0, 1];
    private readonly CpuDevice _device = new(1);
    private readonly Mlp _student;
    private readonly LiveTeacher _teacher;

    public GeneratorLossTests()
    {
        _student = Net(0);
        _teacher = new LiveTeacher([(new ModuleTeacher(Net(1), _device, ""), 1)], probabilities: true, answers: true);
        _teacher.Watch([GeneratorLoss.Hidden(_teacher)]);
    }

    [Fact]
    public void OfDaflByHand()
    {
        double sureOfFirst = 1 / (1 + Math.Exp(-2)), sureOfSecond = 1 / (1 + Math.Exp(-1));
        double[] mean = [(sureOfFirst + 1 - sureOfSecond) / 2, (1 - sureOfFirst + sureOfSecond) / 2];
        var expected = -2 * (Math.Log(sureOfFirst) + Math.Log(sureOfSecond)) / 2 + 3 * mean.Sum(p => p * Math.Log10(p)) - 0.5 * 3 / 4.0;
        var recipe = new ExamplesRecipe { Source = "dafl", OneHotWeight = 2, EntropyWeight = 3, ActivationWeight = 0.5 };
        Assert.Equal(expected, Of(recipe).Loss, 1e-5);
    }

    [Fact]
    public void OfZsktIsTheStudentsIgnorance()
    {
        static double FromHalf(double p) => p * Math.Log(2 * p) + (1 - p) * Math.Log(2 * (1 - p));
        var expected = -(FromHalf(1 / (1 + Math.Exp(-2))) + FromHalf(1 / (1 + Math.Exp(-1)))) / 2;
        Assert.Equal(expected, Of(new ExamplesRecipe { Source = "zskt" }).Loss, 1e-5);
    }

    /// <summary>Where the teacher is surer, the loss is lower: a step against the gradient goes there.</summary>
    [Theory]
    [InlineData("dafl")]
    [InlineData("zskt")]
    public void GradientsFlowThroughTheTeacherToTheExamples(string source)
    {
        var slopes = Of(new ExamplesRecipe { Source = source }).Slopes;
        Assert.True(slopes[0] < -1e-3 && slopes[3] < -1e-3, string.Join(", ", slopes));
    }

    private (double Loss, float[] Slopes) Of(ExamplesRecipe recipe)
    {
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var examples = step.Variable(new Shape(2, 2), Rows);
        var loss = new GeneratorLoss(recipe, _teacher, _student).Of(step, examples);
        step.Backward(loss);
        return (_device.ToDoubles(loss)[0], _device.ToFloats(step.GradientOf(examples)));
    }

    private Mlp Net(float scale)
    {
        var net = new Mlp(new Shape(2), [2], 2);
        net.Build(_device, new Seed(1));
        foreach (var layer in net.Layers)
        {
            _device.Write(layer.Weight.Value, [scale, 0, 0, scale]);
            _device.Write(layer.Bias.Value, [0f, 0]);
        }
        return net;
    }

    public void Dispose()
    {
        _teacher.Dispose();
        _student.Dispose();
        _device.Dispose();
    }
}
