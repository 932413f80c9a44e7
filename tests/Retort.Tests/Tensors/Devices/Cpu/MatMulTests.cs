using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public sealed class MatMulTests
{
    public static TheoryData<int, int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int, int>();
            (int, int, int)[] sizes =
            [
                (1, 1, 1), (37, 45, 29), (14, 32, 16), (15, 33, 17), (130, 70, 1000), (515, 129, 777), (300, 8200, 70), (64, 9000, 110),
                (336, 1000, 390), (90, 700, 1400), // few rows: threads own columns, K in two and four parts
                (1, 64, 192), (1, 1000, 130), (3, 70, 33), (4, 300, 500), // sums of rows of B, alone and shared between threads
                (5, 7, 0), (0, 4, 3), (4, 0, 3), (600, 500, 0),
            ];
            foreach (var threads in new[] { 1, 2 })
                foreach (var (m, n, k) in sizes) data.Add(m, n, k, threads);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AgreesWithDoubleLoops(int m, int n, int k, int threads)
    {
        using var device = new CpuDevice(threads);
        using var arena = device.CreateArena("test");
        foreach (var transposeA in new[] { false, true })
            foreach (var transposeB in new[] { false, true })
                foreach (var accumulate in new[] { false, true })
                {
                    arena.Reset();
                    var a = Samples.Poisoned(device, arena, new Shape(m, k), 1);
                    var b = Samples.Poisoned(device, arena, new Shape(k, n), 2);
                    var c = Samples.Poisoned(device, arena, new Shape(m, n), 3);
                    var before = device.ToFloats(c);
                    if (!accumulate) Samples.FillWithNaN(c);
                    device.Kernels.MatMul(1, m, n, k, a.Storage, 0, transposeA, b.Storage, 0, transposeB, c.Storage, 0, accumulate);
                    AssertProduct(m, n, k, device.ToFloats(a), transposeA, device.ToFloats(b), transposeB, before, accumulate,
                        device.ToFloats(c));
                }
    }

    [Theory]
    [InlineData(5, 33, 20, 40, false)]
    [InlineData(12, 64, 64, 64, true)]
    [InlineData(3, 200, 220, 130, true)]
    public void BatchesAgreeWithSingleProducts(int batch, int m, int n, int k, bool sharedRight)
    {
        using var device = new CpuDevice(2);
        using var arena = device.CreateArena("test");
        var a = Samples.Poisoned(device, arena, new Shape(batch, m, k), 1);
        var b = Samples.Poisoned(device, arena, sharedRight ? new Shape(k, n) : new Shape(batch, k, n), 2);
        var together = Samples.Poisoned(device, arena, new Shape(batch, m, n), 3);
        var single = Samples.Poisoned(device, arena, new Shape(batch, m, n), 4);
        long size = k * n, strideB = sharedRight ? 0 : size;
        device.Kernels.MatMul(batch, m, n, k, a.Storage, m * k, false, b.Storage, strideB, false, together.Storage, m * n, false);
        for (var i = 0; i < batch; i++)
            device.Kernels.MatMul(1, m, n, k, a.Storage.Slice((long)i * m * k, m * k), 0, false, b.Storage.Slice(i * strideB, size), 0,
                false, single.Storage.Slice((long)i * m * n, m * n), 0, false);
        Assert.Equal(device.ToFloats(single), device.ToFloats(together));
    }

    [Theory]
    [InlineData(515, 129, 777)]
    [InlineData(300, 1200, 1000)]
    [InlineData(128, 1210, 1000)]
    [InlineData(37, 45, 29)]
    [InlineData(2, 1000, 900)]
    [InlineData(2, 1000, 900, false)]
    public void BitsDoNotDependOnThreads(int m, int n, int k, bool transposeB = true)
    {
        var runs = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var device = new CpuDevice(threads);
            using var arena = device.CreateArena("test");
            var a = Samples.Poisoned(device, arena, new Shape(m, k), 1);
            var b = Samples.Poisoned(device, arena, transposeB ? new Shape(n, k) : new Shape(k, n), 2);
            var c = Samples.Poisoned(device, arena, new Shape(m, n), 3);
            for (var run = 0; run < 10; run++)
            {
                device.Kernels.MatMul(1, m, n, k, a.Storage, 0, false, b.Storage, 0, transposeB, c.Storage, 0, false);
                runs.Add(device.ToFloats(c));
            }
        }
        foreach (var run in runs) Assert.Equal(runs[0], run);
    }

    [Fact]
    public void OneNaNReachesItsRow()
    {
        using var device = new CpuDevice(2);
        using var arena = device.CreateArena("test");
        var values = Samples.Values(20 * 40, 1);
        values[7 * 40 + 39] = float.NaN;
        var a = arena.Allocate(new Shape(20, 40));
        device.Write(a, values);
        var b = Samples.Poisoned(device, arena, new Shape(40, 50), 2);
        var c = Samples.Poisoned(device, arena, new Shape(20, 50), 3);
        device.Kernels.MatMul(1, 20, 50, 40, a.Storage, 0, false, b.Storage, 0, false, c.Storage, 0, false);
        var result = device.ToFloats(c);
        for (var i = 0; i < result.Length; i++) Assert.Equal(i / 50 == 7, float.IsNaN(result[i]));
    }

    private static void AssertProduct(int m, int n, int k, float[] a, bool transposeA, float[] b, bool transposeB, float[] before,
        bool accumulate, float[] actual)
    {
        var limit = 4e-6 * Math.Sqrt(k + 1);
        var stepM = Math.Max(1, m / 23);
        var stepN = Math.Max(1, n / 61);
        for (var i = 0; i < m; i += i >= m - 16 ? 1 : stepM)
            for (var j = 0; j < n; j += j >= n - 33 ? 1 : stepN)
            {
                var sum = accumulate ? before[i * n + j] : 0.0;
                for (var p = 0; p < k; p++)
                    sum += (double)a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                if (!(Math.Abs(sum - actual[i * n
                    + j]) <= limit)) Assert.Fail($"[{i}, {j}] of {m}×{n}×{k}: {actual[i * n + j]} instead of {sum}");
            }
        Assert.DoesNotContain(float.NaN, actual);
    }
}
