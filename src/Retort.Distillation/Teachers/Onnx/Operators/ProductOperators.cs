using System.Numerics;
using Retort.Tensors.Devices;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Matrix products.</summary>
internal static class ProductOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["MatMul"] = call => [MatMul(call.Engine, call.Array(0), call.Array(1))],
        ["Gemm"] = call => [Gemm(call)],
    };

    /// <summary>[…, M, K] · […, K, N]; a vector is a row on the left and a column on the right.</summary>
    public static OnnxArray MatMul(OnnxEngine engine, OnnxArray a, OnnxArray b)
    {
        if (a.Rank == 0 || b.Rank == 0) throw new ArgumentException("a single number is no matrix");
        var left = a.Rank == 1 ? a.Reshaped(1, a.Count) : a;
        var right = b.Rank == 1 ? b.Reshaped(b.Count, 1) : b;
        var (m, k, n) = (left.Shape[^2], left.Shape[^1], right.Shape[^1]);
        if (right.Shape[^2] != k) throw new ArgumentException($"inner sizes differ, {k} and {right.Shape[^2]}");
        var batch = Extents.Broadcast(left.Shape[..^2], right.Shape[..^2]);
        int[] shape = [.. batch, .. a.Rank == 1 ? [] : new[] { m }, .. b.Rank == 1 ? [] : new[] { n }];
        var count = Extents.Count(batch);
        left = Repeated(left, batch);
        right = Repeated(right, batch);
        var (aStride, bStride) = (left.Rank == 2 ? 0 : m * k, right.Rank == 2 ? 0 : k * n);
        if (left is not OnnxArray<float> x || right is not OnnxArray<float>)
            return Numbers.Visit<Multiplying, OnnxArray>(left, new Multiplying(right, shape, (count, m, k, n), (aStride, bStride)));
        engine.Begin();
        var z = engine.Out(Extents.Count(shape));
        engine.Kernels.MatMul(count, m, n, k, engine.In(x), aStride, false, engine.In(right), bStride, false, z.Storage, m * n, false);
        return new OnnxArray<float>(x.Type, shape, engine.Read(z));
    }

    /// <summary>Only one matrix is kept as it is; what repeats in parts is written out.</summary>
    private static OnnxArray Repeated(OnnxArray x, int[] batch) =>
        Extents.Count(x.Shape.AsSpan()[..^2]) == 1 ? x.Reshaped(x.Shape[^2..]) : ShapeOperators.Expand(x, [.. batch, .. x.Shape[^2..]]);

    private static OnnxArray Gemm(OperatorCall call)
    {
        var (a, b, c) = (call.Array(0), call.Array(1), call.Optional(2));
        var (size, share) = (call.Float("alpha", 1), call.Float("beta", 1));
        var (turnA, turnB) = (call.Int("transA", 0) != 0, call.Int("transB", 0) != 0);
        var (m, k) = turnA ? (a.Shape[1], a.Shape[0]) : (a.Shape[0], a.Shape[1]);
        var (inner, n) = turnB ? (b.Shape[1], b.Shape[0]) : (b.Shape[0], b.Shape[1]);
        if (k != inner) throw call.Refuse($"{Extents.Text(a.Shape)} times {Extents.Text(b.Shape)}: inner sizes differ, {k} and {inner}");
        OnnxArray y;
        if (a is OnnxArray<float> && b is OnnxArray<float>)
        {
            var engine = call.Engine;
            engine.Begin();
            var z = engine.Out(m * n);
            if (!turnA && turnB && size == 1 && share == 1 && c is OnnxArray<float> && c.Count == n && c.Rank <= 2 && c.Shape[^1] == n)
            {
                engine.Kernels.Linear(m, k, n, engine.In(a), engine.In(b), engine.In(c), Activation.None, z.Storage, default);
                return new OnnxArray<float>(a.Type, [m, n], engine.Read(z));
            }
            engine.Kernels.MatMul(1, m, n, k, engine.In(a), 0, turnA, engine.In(b), 0, turnB, z.Storage, 0, false);
            y = new OnnxArray<float>(a.Type, [m, n], engine.Read(z));
        }
        else
        {
            y = MatMul(call.Engine, turnA ? ShapeOperators.Transpose(a, 1, 0) : a, turnB ? ShapeOperators.Transpose(b, 1, 0) : b);
        }
        y = Scaled(y, size);
        return c is null || share == 0 ? y : Elementwise.Combine<Addition>(y, Scaled(c, share));
    }

    private static OnnxArray Scaled(OnnxArray x, float factor) => factor == 1 ? x
        : Elementwise.Combine<Multiplication>(x, CastOperators.Cast(OnnxArray.Of([], [factor]), x.Type));

    private readonly struct Multiplying(OnnxArray other, int[] shape, (int Batch, int M, int K, int N) size, (int A, int B) strides)
        : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var (a, b, c) = (array.Data, other.As<T>().Data, new T[Extents.Count(shape)]);
            for (var item = 0; item < size.Batch; item++)
                for (var row = 0; row < size.M; row++)
                    for (var inner = 0; inner < size.K; inner++)
                    {
                        var factor = a[item * strides.A + row * size.K + inner];
                        var from = item * strides.B + inner * size.N;
                        var to = (item * size.M + row) * size.N;
                        for (var column = 0; column < size.N; column++) c[to + column] += factor * b[from + column];
                    }
            return new OnnxArray<T>(array.Type, shape, c);
        }
    }
}
