using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

/// <summary>Shapes of several blocks of queries and keys, against double; small ones are operation cases.</summary>
[Trait("Category", "Width")]
public sealed class AttentionKernelTests
{
    private const int Batch = 2, Heads = 4, KeyHeads = 2, Width = 24;

    /// <summary>queries, keys, causal, window, cap, document length (0 = no mask, below 0 = padding of so many).</summary>
    public static TheoryData<int, int, bool, int, double, int> Cases => new()
    {
        { 130, 130, false, 0, 0, 0 }, { 130, 130, true, 0, 0, 0 }, { 300, 300, true, 0, 0, 0 }, { 64, 256, true, 0, 0, 0 },
            { 300, 300, true, 40, 0, 0 },
        { 300, 300, false, 70, 0, 0 }, { 1, 300, true, 0, 0, 0 }, { 300, 20, true, 0, 0, 0 }, { 150, 300, true, 0, 5, 0 },
            { 300, 300, false, 0, 0, -60 },
        { 300, 300, true, 0, 0, 90 }, { 300, 300, true, 100, 3, 170 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void OutputsAndGradientsAreThoseOfDouble(int queries, int keys, bool causal, int window, double cap, int documents)
    {
        using var reference = new ReferenceDevice();
        var expected = Run(reference, queries, keys, causal, window, cap, documents);
        float[][]? one = null;
        foreach (var threads in new[] { 1, 3 })
        {
            using var device = new CpuDevice(threads);
            var found = Run(device, queries, keys, causal, window, cap, documents);
            for (var part = 0; part < found.Length; part++)
            {
                var scale = expected[part].Select(Math.Abs).Append(1e-3f).Max();
                for (var i = 0; i < found[part].Length; i++)
                    if (!(Math.Abs(found[part][i] - expected[part][i]) <= 1e-5 * scale)) Assert.Fail($"part {part}, element {i}: {found[part][i]} instead of {expected[part][i]} (scale {scale})");
            }
            one ??= found;
            Assert.Equal(one.SelectMany(part => part).Select(BitConverter.SingleToInt32Bits),
                found.SelectMany(part => part).Select(BitConverter.SingleToInt32Bits));
        }
    }

    /// <summary>The output and the gradients of queries, keys and values.</summary>
    private static float[][] Run(Device device, int queries, int keys, bool causal, int window, double cap, int documents)
    {
        using var step = new Step(device);
        step.Begin(training: true);
        device.Kernels.Fill(step.Allocate(new Shape(2_000_000)).Storage, double.NaN); // whatever is not written shows
        step.Begin(training: true);
        var q = Variable(step, new Shape(Batch, queries, Heads, Width), 1);
        var (k, v) =
            (Variable(step, new Shape(Batch, keys, KeyHeads, Width), 2), Variable(step, new Shape(Batch, keys, KeyHeads, Width), 3));
        Tensor? mask = documents == 0 ? null : step.Constant(new Shape(Batch, keys), [.. Enumerable.Range(0, Batch * keys).Select(i =>
            documents > 0 ? i % keys / documents + 1 : i % keys < keys + documents * (1 + i / keys) ? 1 : 0)]);
        var y = step.Attention(q, k, v, new AttentionOptions(causal, window, cap, null, mask, documents > 0));
        step.Backward(y, step.Constant(y.Shape, GradientCheck.Upstream(y.Shape.Count, new Seed(4))));
        return [device.ToFloats(y), device.ToFloats(step.GradientOf(q)), device.ToFloats(step.GradientOf(k)),
            device.ToFloats(step.GradientOf(v))];
    }

    private static Tensor Variable(Step step, Shape shape, uint seed) =>
        step.Variable(shape, [.. Samples.Values(shape.Count, seed).Select(value => 3.0 * value)]);

    [Fact]
    public void OneNaNInAKeySpoilsTheQueriesThatSeeItAndNoOther()
    {
        using var device = new CpuDevice(2);
        using var step = new Step(device);
        step.Begin(training: false);
        const int tokens = 100, bad = 70;
        var shape = new Shape(1, tokens, 1, 8);
        var keys = Samples.Values(shape.Count, 2);
        keys[bad * 8 + 3] = float.NaN;
        var (q, v) = (step.Constant(shape, Samples.Values(shape.Count, 1)), step.Constant(shape, Samples.Values(shape.Count, 3)));
        var y = device.ToFloats(step.Attention(q, step.Constant(shape, keys), v, new AttentionOptions(Causal: true)));
        for (var i = 0; i < y.Length; i++) Assert.Equal(i / 8 >= bad, float.IsNaN(y[i]));
    }

    [Fact]
    public void HugeScoresStayFinite()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        step.Begin(training: true);
        var shape = new Shape(1, 40, 1, 4);
        var (q, k, v) = (Large(step, shape, 1), Large(step, shape, 2), Variable(step, shape, 3));
        var y = step.Attention(q, k, v);
        step.Backward(y, step.Constant(y.Shape, new float[shape.Count]));
        foreach (var tensor in new[] { y, step.GradientOf(q), step.GradientOf(k), step.GradientOf(v) }) Assert.All(device.ToFloats(tensor),
            value => Assert.True(float.IsFinite(value)));
    }

    private static Tensor Large(Step step, Shape shape, uint seed) =>
        step.Variable(shape, [.. Samples.Values(shape.Count, seed).Select(value => 1e4 * value)]);

    [Fact]
    public void MemoryGrowsWithTokensNotWithTheirSquare()
    {
        using var device = new CpuDevice(2);
        long Bytes(int tokens)
        {
            using var step = new Step(device);
            step.Begin(training: true);
            var x = step.Variable(new Shape(1, tokens, 24), new double[tokens * 24]);
            step.Backward(step.Attention(x, 1, 1), step.Allocate(new Shape(1, tokens, 8)));
            return step.HighWaterBytes;
        }
        Assert.InRange(Bytes(4096), 1, 4.1 * Bytes(1024));
    }

    [Fact]
    public void ShapesThatDoNotFitAreToldWithTheirNumbers()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: false);
        Tensor Zeros(params long[] shape) =>
            step.Constant(new Shape(shape), new double[shape.Aggregate(1L, (left, right) => left * right)]);
        var q = Zeros(1, 3, 4, 2);
        Assert.Contains("[1, 3, 4, 2]", Assert.Throws<RetortException>(() =>
            step.Attention(q, Zeros(1, 3, 4, 3), Zeros(1, 3, 4, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("4 heads of queries on 3", Assert.Throws<RetortException>(() =>
            step.Attention(q, Zeros(1, 3, 3, 2), Zeros(1, 3, 3, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("[1, 3, 7]", Assert.Throws<RetortException>(() => step.Attention(Zeros(1, 3, 7), 2, 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("key mask [3]", Assert.Throws<RetortException>(() => step.Attention(q, q, q,
            new AttentionOptions(KeyMask: step.Constant(new Shape(3), new int[3])))).Message, StringComparison.Ordinal);
        Assert.Contains("packed", Assert.Throws<RetortException>(() => step.Attention(q, q, q, new AttentionOptions(Packed: true))).Message,
            StringComparison.Ordinal);
    }
}
