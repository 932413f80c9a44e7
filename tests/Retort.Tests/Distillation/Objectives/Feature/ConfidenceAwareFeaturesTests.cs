using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Feature;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class ConfidenceAwareFeaturesTests : IDisposable
{
    private static readonly double[] First = [1, 0, 0.5, -1], Second = [0, 2, 1, 1], Student = [0.5, 1, -0.5, 2];
    private readonly ReferenceDevice _device = new();
    private readonly List<Weights> _classifiers = [];

    /// <summary>Equal widths, so no adapter: classes 0 and 1 by classifiers that are the identity and its opposite.</summary>
    [Fact]
    public void ByHand()
    {
        double[][] signs = [[1, 0, 0, 1], [-1, 0, 0, -1]];
        var expected = 0.0;
        for (var row = 0; row < 2; row++)
        {
            double Doubt(double sign, int own) => Math.Log(Math.Exp(sign * Student[2 * row]) + Math.Exp(sign * Student[2 * row + 1]))
                - sign * Student[2 * row + own];
            double Distance(double[] teacher) =>
                (Math.Pow(Student[2 * row] - teacher[2 * row], 2) + Math.Pow(Student[2 * row + 1] - teacher[2 * row + 1], 2)) / 2;
            var (first, second) = (Math.Exp(Doubt(1, row)), Math.Exp(Doubt(-1, row)));
            expected += (second * Distance(First) + first * Distance(Second)) / (first + second) / 2;
        }
        Assert.Equal(expected, Of(Student, signs, new Shape(2), new Shape(2)).Loss, 1e-12);
    }

    /// <summary>Adapters to other widths, maps beside vectors: the gradient is that of the loss, weights included.</summary>
    [Theory]
    [InlineData(new long[] { 3 }, new long[] { 2 })]
    [InlineData(new long[] { 3, 2, 2 }, new long[] { 2 })]
    [InlineData(new long[] { 3, 2, 2 }, new long[] { 2, 1, 1 })]
    public void TheGradientIsTheSlope(long[] student, long[] teacher)
    {
        double[][] signs = [[1, 0.5, 0, 1], [-1, 2, 0.3, -1]];
        var values = Value.Random(3, [2, .. student]).Numbers;
        var gradient = Of(values, signs, new Shape(student), new Shape(teacher)).Gradient;
        for (var i = 0; i < values.Length; i++)
        {
            double At(double change)
            {
                double[] moved = [.. values];
                moved[i] += change;
                return Of(moved, signs, new Shape(student), new Shape(teacher)).Loss;
            }
            Assert.Equal((At(1e-4) - At(-1e-4)) / 2e-4, gradient[i], 1e-6);
        }
        Assert.Contains(gradient, slope => Math.Abs(slope) > 1e-3);
    }

    private (double Loss, double[] Gradient) Of(double[] values, double[][] signs, Shape student, Shape teacher)
    {
        var taps = new Dictionary<string, Shape> { ["last"] = student };
        var surroundings = new ObjectiveSurroundings(8, 2, 2, taps, new Dictionary<string, Shape>())
        {
            StudentLast = "last",
            TeachersLast = [teacher, teacher],
        };
        var objective = ConfidenceAwareFeatures.Entry.Create(new ObjectiveContext(
            new ObjectiveRecipe { Name = ConfidenceAwareFeatures.Entry.Name }, Schedule.Constant(1), surroundings));
        objective.Weights!.Build(_device, new Seed(5));
        using var step = new Step(_device);
        step.Begin(training: true);
        var own = step.Variable(new Shape([2, .. student.ToArray()]), values);
        var logits = step.Constant(new Shape(2, 2), new double[4]);
        double[][] others = [First, Second];
        var loss = objective.Loss(step, new Signals(logits, new[] { 0, 1 }, null)
        {
            Taps = new Dictionary<string, Tensor> { ["last"] = own },
            Teachers = [.. others.Select((one, k) => new TeacherSignals(logits, 0.5, new Dictionary<string, Tensor>())
            {
                Last = new LastLayer(step.Constant(new Shape([2, .. teacher.ToArray()]), one), Classifier(signs[k])),
            })],
        }, 0);
        step.Backward(loss);
        Assert.All(objective.Weights.Parameters, parameter => Assert.True(step.Reached(parameter.Value), parameter.Name));
        var found = (_device.ToDoubles(loss)[0], _device.ToDoubles(step.GradientOf(own)));
        objective.Weights.Dispose();
        return found;
    }

    /// <summary>Frozen, as a teacher's is.</summary>
    private Linear Classifier(double[] matrix)
    {
        var weights = new Weights();
        _classifiers.Add(weights);
        var layer = new Linear(weights, "output", 2, 2, Activation.None, Initializer.Zeros);
        weights.Build(_device, default);
        _device.Write(layer.Weight.Value, matrix.Select(number => (float)number).ToArray());
        weights.Freeze(DataType.Float32);
        return layer;
    }

    public void Dispose()
    {
        foreach (var weights in _classifiers) weights.Dispose();
        _device.Dispose();
    }
}
