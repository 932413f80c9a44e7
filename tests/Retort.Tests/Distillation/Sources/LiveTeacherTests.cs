using Retort.Nn.Models;
using Retort.Sources;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

/// <summary>A teacher in the loop is frozen: no dropout, no statistics that move, no gradient.</summary>
public sealed class LiveTeacherTests : IDisposable
{
    private readonly CpuDevice _device = new(1);

    [Fact]
    public void ItAnswersTwiceTheSameInsideATrainingStep()
    {
        var (module, examples) = (Net(1), Examples());
        using var teacher = new LiveTeacher([(new ModuleTeacher(module, _device, ""), 1)], probabilities: true, answers: true);
        float[] before = _device.ToFloats(module.Weights.Flat), statistics = _device.ToFloats(module.Weights.FlatState);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var input = step.Constant(new Shape(4, 1, 8, 8), examples);
        var first = _device.ToFloats(teacher.Answer(step, input, 0).Teachers[0].Logits);
        var second = _device.ToFloats(teacher.Answer(step, input, 0).Teachers[0].Logits);
        Assert.Equal(first, second);
        Assert.True(step.Training);
        Assert.True(step.Recording);
        Assert.Equal(before, _device.ToFloats(module.Weights.Flat));
        Assert.Equal(statistics, _device.ToFloats(module.Weights.FlatState));
    }

    [Fact]
    public void NoGradientReachesIt()
    {
        using var student = Net(2);
        var module = Net(1);
        using var teacher = new LiveTeacher([(new ModuleTeacher(module, _device, ""), 1)], probabilities: true, answers: true);
        teacher.Watch(["blocks.0"]);
        student.Watch(["blocks.0"]);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var input = step.Constant(new Shape(4, 1, 8, 8), Examples());
        var said = teacher.Answer(step, input, 0);
        student.Forward(step, input);
        step.Backward(step.MeanAll(step.Square(step.Subtract(student.Tapped["blocks.0"], said.Teachers[0].Taps["blocks.0"]))));
        Assert.False(step.Reached(module.Weights.Parameters[0].Value));
        Assert.True(step.Reached(student.Weights.Parameters[0].Value));
    }

    /// <summary>Probabilities ln Σ w·softmax, or the mean of logits: they differ, and both are offered.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SeveralAreAveraged(bool probabilities)
    {
        using var teacher = new LiveTeacher([(new ModuleTeacher(Net(1), _device, ""), 3), (new ModuleTeacher(Net(3), _device, ""), 1)],
            probabilities, answers: true);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var said = teacher.Answer(step, step.Constant(new Shape(4, 1, 8, 8), Examples()), 0);
        Assert.Equal([0.75, 0.25], said.Teachers.Select(one => one.Weight));
        var members = said.Teachers.Select(one => _device.ToDoubles(step.Softmax(one.Logits))).ToArray();
        var logits = said.Teachers.Select(one => _device.ToDoubles(one.Logits)).ToArray();
        var found = _device.ToDoubles(step.Softmax(said.Target!.Value.Values));
        for (var i = 0; i < 3; i++)
        {
            double[] mean = [.. Enumerable.Range(0, 3).Select(c => Math.Exp(0.75 * logits[0][c] + 0.25 * logits[1][c]))];
            var expected = probabilities ? 0.75 * members[0][i] + 0.25 * members[1][i] : mean[i] / mean.Sum();
            Assert.Equal(expected, found[i], 1e-5);
        }
    }

    private ConvNet Net(ulong seed)
    {
        var net = new ConvNet(new Shape(1, 8, 8), [3, 4], 3, dropout: 0.5);
        net.Build(_device, new Seed(seed));
        return net;
    }

    private static float[] Examples() => [.. Enumerable.Range(0, 4 * 64).Select(i => (float)new Seed(9).Normal((ulong)i))];

    public void Dispose() => _device.Dispose();
}
