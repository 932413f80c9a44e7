using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>Twenty distillation updates of 784-800-800-10 against losses found by another implementation.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenMlpTests
{
    private const int Batch = 128, Classes = 10;

    [Fact]
    public void LossesOfTwentyUpdates()
    {
        using var device = new CpuDevice(1);
        using var model = new Mlp(new Shape(784), [800, 800], Classes);
        model.Build(device, default);
        for (var i = 0; i < model.Layers.Count; i++)
        {
            var weight = model.Layers[i].Weight;
            device.Write(weight.Value, Numbers((uint)i + 1, weight.Shape.Count, 1 / Math.Sqrt(weight.Shape[1])));
        }
        var (examples, teacher) = (Numbers(77, Batch * 784, 1), Numbers(78, Batch * Classes, 4));
        int[] labels = [.. Enumerable.Range(0, Batch).Select(i => 7 * i % 10)];
        using var optimizer = new AdamW(model.Weights, 0.01);
        var objective = new WeightedSum([new(new HardLabel(), Schedule.Constant(0.3)),
            new(new SoftLabel(Schedule.Constant(4)), Schedule.Constant(0.7))]);
        using var step = new Step(device);
        var losses = new double[21];
        for (var update = 1; update <= 20; update++)
        {
            step.Begin(training: true, new Seed((ulong)update));
            var logits = model.Forward(step, step.Constant(new Shape(Batch, 784), examples));
            var given = new Signals(logits, labels, TeacherTarget.Logits(step.Constant(new Shape(Batch, Classes), teacher)));
            var loss = objective.Loss(step, given, update - 1).Loss;
            losses[update] = device.ToDoubles(loss)[0];
            step.Backward(loss);
            optimizer.Update(update, 1e-3);
        }
        (int Update, double Loss)[] golden = [(1, 2.215619), (2, 2.088089), (3, 1.965863), (20, 0.758864)];
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant(
            $"golden: mlp losses, {golden.Length} cases, worst relative error {golden.Max(pair => Math.Abs(losses[pair.Update] / pair.Loss - 1)):0.0e+00}"));
        foreach (var (update, loss) in golden) Assert.Equal(loss, losses[update], 1e-4);
    }

    private static float[] Numbers(uint seed, long count, double scale)
    {
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
        {
            seed = 1664525 * seed + 1013904223;
            values[i] = (float)(((seed >> 8) / (double)(1 << 24) - 0.5) * 2 * scale);
        }
        return values;
    }
}
