using System.Runtime.InteropServices;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

/// <summary>Buffers on a device of so many threads; outputs start as NaN, so that what is not written shows.</summary>
internal sealed class KernelCase(int threads) : IDisposable
{
    public static readonly int[] Sizes = [1, 7, 16, 33, 1000003];
    private readonly CpuDevice _device = new(threads);
    private Arena? _arena;

    public Kernels Kernels => _device.Kernels;
    private Arena Arena => _arena ??= _device.CreateArena("test");

    public Storage Of(float[] values)
    {
        var tensor = Arena.Allocate(new Shape(values.Length));
        _device.Write(tensor, values);
        return tensor.Storage;
    }

    public Storage Of(int[] values)
    {
        var tensor = Arena.Allocate(new Shape(values.Length), DataType.Int32);
        _device.Write(tensor, values);
        return tensor.Storage;
    }

    public Storage Empty(long count)
    {
        var poison = new float[count];
        Array.Fill(poison, float.NaN);
        return Of(poison);
    }

    public static float[] Floats(Storage storage)
    {
        var values = new float[storage.Length];
        Marshal.Copy(storage.Address, values, 0, values.Length);
        return values;
    }

    public static int[] Integers(Storage storage)
    {
        var values = new int[storage.Length];
        Marshal.Copy(storage.Address, values, 0, values.Length);
        return values;
    }

    /// <summary>Roughly normal numbers.</summary>
    public static float[] Values(long count, int seed, double scale = 1)
    {
        var source = new Seed((ulong)seed);
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = (float)(scale * (source.Uniform((ulong)i) + source.Uniform((ulong)i, 1) - 1) * 2.4);
        return values;
    }

    /// <summary>The same outputs, bit for bit, from one thread and from three.</summary>
    public static float[] SameForAnyThreads(Func<KernelCase, Storage> run)
    {
        using var one = new KernelCase(1);
        using var three = new KernelCase(3);
        var first = Floats(run(one));
        var second = Floats(run(three));
        for (var i = 0; i < first.Length; i++)
            Assert.Equal(BitConverter.SingleToInt32Bits(first[i]), BitConverter.SingleToInt32Bits(second[i]));
        return first;
    }

    public static void Close(Func<int, double> expected, float[] actual, double tolerance)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            var wanted = expected(i);
            if (double.IsNaN(wanted) && float.IsNaN(actual[i])) continue;
            if ((float)wanted == actual[i]) continue;
            if (!(Math.Abs(wanted - actual[i]) <= tolerance * Math.Max(1, Math.Abs(wanted))))
                Assert.Fail($"element {i} of {actual.Length}: expected {wanted}, got {actual[i]}");
        }
    }

    public void Dispose()
    {
        _arena?.Dispose();
        _device.Dispose();
    }
}
