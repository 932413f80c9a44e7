using Retort.Nn.Models;
using Retort.Sources;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class StagedTeacherTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.33, 0)]
    [InlineData(0.34, 1)]
    [InlineData(0.67, 2)]
    [InlineData(0.999, 2)]
    public void EachTeachesForItsShare(double progress, int speaker)
    {
        using var device = new CpuDevice(1);
        LiveTeacher[] stages = [.. Enumerable.Range(1, 3).Select(seed => Stage(device, (ulong)seed))];
        using var staged = new StagedTeacher(stages);
        using var step = new Step(device);
        step.Begin(training: true, new Seed(1));
        var examples = step.Constant(new Shape(1, 2), [0.5f, -1]);
        Assert.Equal(device.ToFloats(stages[speaker].Answer(step, examples, 0).Target!.Value.Values),
            device.ToFloats(staged.Answer(step, examples, progress).Target!.Value.Values));
    }

    private static LiveTeacher Stage(CpuDevice device, ulong seed)
    {
        var net = new Mlp(new Shape(2), [3], 2);
        net.Build(device, new Seed(seed));
        return new LiveTeacher([(new ModuleTeacher(net, device, ""), 1)], probabilities: true, answers: true);
    }
}
