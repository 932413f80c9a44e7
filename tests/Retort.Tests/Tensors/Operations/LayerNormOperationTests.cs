using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;
using static Retort.Tests.Tensors.Devices.Cpu.KernelCase;

namespace Retort.Tests.Tensors.Operations;

/// <summary>Gradients of weight and bias are sums over all rows; float alone would lose digits as the rows grow.</summary>
[Trait("Category", "Width")]
public sealed class LayerNormOperationTests
{
    private const int Rows = 16384, Columns = 17;

    [Fact]
    public void SixteenThousandRowsCostNoDigits()
    {
        using var reference = new ReferenceDevice();
        var expected = Gradients(reference);
        Assert.All(expected, sum => Assert.True(sum > Rows / 2, $"{sum}: the terms of a sum must not cancel, or the test asks little"));
        double[][] found = [.. ((int[])[1, 2, 3]).Select(threads =>
        {
            using var cpu = new CpuDevice(threads);
            return Gradients(cpu);
        })];
        Assert.Equal(found[0], found[1]);
        Assert.Equal(found[0], found[2]);
        var worst = expected.Zip(found[0], (wanted, got) => Math.Abs(got - wanted) / wanted).Max();
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"layer norm: {Rows} rows, worst relative error of a parameter's gradient {worst:g3}"));
        Assert.InRange(worst, 0, 2e-7);
    }

    /// <summary>[2·Columns] gradients of weight and bias. The upstream gradient is x + 1, so that every sum grows with the rows.</summary>
    private static double[] Gradients(Device device)
    {
        using var step = new Step(device);
        step.Begin(training: true);
        var x = Values(Rows * Columns, 1);
        var weight = step.Variable(new Shape(Columns), [.. Enumerable.Repeat(1.0, Columns)]);
        var bias = step.Variable(new Shape(Columns), new double[Columns]);
        var y = step.LayerNorm(step.Constant(new Shape(Rows, Columns), x), weight, bias);
        step.Backward(y, step.Constant(y.Shape, x.Select(value => value + 1.0).ToArray()));
        return [.. device.ToDoubles(step.GradientOf(weight)), .. device.ToDoubles(step.GradientOf(bias))];
    }
}
