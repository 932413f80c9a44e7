using System.Runtime.Intrinsics;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public sealed class LinearTests
{
    public static TheoryData<Activation, int, int, int, int> Cases
    {
        get
        {
            var data = new TheoryData<Activation, int, int, int, int>();
            foreach (var activation in Enum.GetValues<Activation>())
                foreach (var threads in new[] { 1, 2 })
                {
                    data.Add(activation, 3, 5, 7, threads);
                    data.Add(activation, 1, 1100, 131, threads);
                    data.Add(activation, 4, 33, 70, threads);
                    data.Add(activation, 7, 333, 150, threads);
                    data.Add(activation, 16, 1100, 131, threads);
                    data.Add(activation, 70, 500, 130, threads);
                    data.Add(activation, 33, 0, 65, threads);
                }
            return data;
        }
    }

    /// <summary>What a row gives does not depend on how many stand beside it, up to those that share the weights where they lie.</summary>
    [Theory]
    [InlineData(384, 150, 1)]
    [InlineData(384, 150, 2)]
    [InlineData(77, 33, 2)]
    public void ARowHasTheSameBitsAmongOthers(int inputs, int outputs, int threads)
    {
        using var device = new CpuDevice(threads);
        using var arena = device.CreateArena("test");
        var most = Vector512.IsHardwareAccelerated ? 16 : 4;
        var x = Samples.Poisoned(device, arena, new Shape(most, inputs), 1);
        var weight = Samples.Poisoned(device, arena, new Shape(outputs, inputs), 2);
        float[] Rows(int first, int count)
        {
            var y = Samples.Poisoned(device, arena, new Shape(count, outputs), 4);
            device.Kernels.Linear(count, inputs, outputs, x.Part((long)first * inputs, new Shape(count, inputs)).Storage, weight.Storage,
                default, Activation.None, y.Storage, default);
            return device.ToFloats(y);
        }
        float[] alone = [.. Enumerable.Range(0, most).SelectMany(row => Rows(row, 1))];
        for (var count = 2; count <= most; count++) Assert.Equal(alone[..(count * outputs)], Rows(0, count));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndBackwardAgreeWithDoubleLoops(Activation activation, int rows, int inputs, int outputs, int threads)
    {
        using var device = new CpuDevice(threads);
        using var arena = device.CreateArena("test");
        var x = Samples.Poisoned(device, arena, new Shape(rows, inputs), 1);
        var weight = Samples.Poisoned(device, arena, new Shape(outputs, inputs), 2);
        var bias = Samples.Poisoned(device, arena, new Shape(outputs), 3);
        var y = Samples.Poisoned(device, arena, new Shape(rows, outputs), 4);
        var before = Samples.Poisoned(device, arena, new Shape(rows, outputs), 5);
        device.Kernels.Linear(rows, inputs, outputs, x.Storage, weight.Storage, bias.Storage, activation, y.Storage, before.Storage);
        var (xs, ws, bs) = (device.ToFloats(x), device.ToFloats(weight), device.ToFloats(bias));
        var (ys, zs) = (device.ToFloats(y), device.ToFloats(before));
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < outputs; column++)
            {
                double z = bs[column];
                for (var i = 0; i < inputs; i++) z += (double)xs[row * inputs + i] * ws[column * inputs + i];
                Assert.Equal(z, zs[row * outputs + column], 1e-4);
                Assert.Equal(Value(activation, z), ys[row * outputs + column], 1e-4);
            }

        var dy = Samples.Poisoned(device, arena, new Shape(rows, outputs), 6);
        var biasGradient = Samples.Poisoned(device, arena, new Shape(outputs), 7);
        var (dys, sums) = (device.ToFloats(dy), device.ToFloats(biasGradient));
        device.Kernels.LinearBackward(rows, outputs, activation, y.Storage, before.Storage, dy.Storage, dy.Storage, biasGradient.Storage,
            true);
        var (dzs, totals) = (device.ToFloats(dy), device.ToFloats(biasGradient));
        for (var column = 0; column < outputs; column++)
        {
            double total = sums[column];
            for (var row = 0; row < rows; row++)
            {
                double z = zs[row * outputs + column];
                var slope = activation == Activation.Relu
                    ? (z > 0 ? 1 : 0)
                    : (Value(activation, z + 1e-4) - Value(activation, z - 1e-4)) / 2e-4;
                Assert.Equal(dys[row * outputs + column] * slope, dzs[row * outputs + column], 1e-4);
                total += dzs[row * outputs + column];
            }
            Assert.Equal(total, totals[column], 1e-4);
        }
    }

    private static double Value(Activation activation, double z) => activation switch
    {
        Activation.Relu => Math.Max(0, z),
        Activation.Tanh => Math.Tanh(z),
        Activation.Silu => z / (1 + Math.Exp(-z)),
        Activation.Gelu => z * NormalIntegral(z),
        _ => z,
    };

    /// <summary>Φ(z) by Simpson's rule.</summary>
    private static double NormalIntegral(double z)
    {
        const int steps = 2000;
        double low = -12, width = (z - low) / steps, sum = 0;
        for (var i = 0; i <= steps; i++)
        {
            var at = low + i * width;
            sum += Math.Exp(-at * at / 2) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
        }
        return z < low ? 0 : sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
