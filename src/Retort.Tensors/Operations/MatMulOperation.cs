using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>C = op(A) · op(B) over the last two dimensions; leading dimensions broadcast.</summary>
public static class MatMulOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="a">[…, M, K], or […, K, M] when transposed.</param>
    /// <param name="b">[…, K, N], or […, N, K] when transposed.</param>
    /// <param name="transposeA">Use Aᵀ.</param>
    /// <param name="transposeB">Use Bᵀ.</param>
    /// <returns>[…, M, N]</returns>
    public static Tensor MatMul(this Step step, Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        if (a.Shape.Rank < 2
            || b.Shape.Rank < 2) throw new RetortException("MatMul", $"{a.Shape} × {b.Shape}: two dimensions or more are needed.");
        var (m, k) = transposeA ? (a.Shape[-1], a.Shape[-2]) : (a.Shape[-2], a.Shape[-1]);
        var (inner, n) = transposeB ? (b.Shape[-1], b.Shape[-2]) : (b.Shape[-2], b.Shape[-1]);
        if (k != inner) throw new RetortException("MatMul", $"{a.Shape} × {b.Shape}: inner sizes differ ({k} ≠ {inner}).");
        var batch = Broadcast.Join("MatMul", Leading(a.Shape), Leading(b.Shape));
        a = Expand(step, a, batch);
        b = Expand(step, b, batch);
        var c = step.Allocate(batch.Append(m).Append(n));
        var product = new Product(batch.Count, m, n, k, transposeA, transposeB);
        product.Multiply(step.Device.Kernels, a.Storage, transposeA, b.Storage, transposeB, c.Storage, (m, n, k), false);
        return step.Needs(a) || step.Needs(b) ? step.Record(c, new Node(a, b, product)) : c;
    }

    private static Shape Leading(Shape shape) => new(shape.Extents[..^2]);

    private static Tensor Expand(Step step, Tensor x, Shape batch) =>
        Leading(x.Shape) == batch ? x : step.Expand(x, batch.Append(x.Shape[-2]).Append(x.Shape[-1]));

    private readonly record struct Product(long Batch, long M, long N, long K, bool TransposeA, bool TransposeB)
    {
        public void Multiply(Kernels kernels, Storage left, bool transposeLeft, Storage right, bool transposeRight, Storage result,
            (long M, long N, long K) size, bool accumulate) =>
            kernels.MatMul(Batch, size.M, size.N, size.K, left, size.M * size.K, transposeLeft, right, size.K * size.N, transposeRight,
                result, size.M * size.N, accumulate);
    }

    private readonly struct Node(Tensor a, Tensor b, Product p) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(a, out var da, out var accumulateA)) // dA = dC · op(B)ᵀ, or its transpose
            {
                if (p.TransposeA) p.Multiply(pass.Kernels, b.Storage, p.TransposeB, gradient.Storage, true, da, (p.K, p.M, p.N),
                    accumulateA);
                else p.Multiply(pass.Kernels, gradient.Storage, false, b.Storage, !p.TransposeB, da, (p.M, p.K, p.N), accumulateA);
            }
            if (pass.TryTarget(b, out var db, out var accumulateB)) // dB = op(A)ᵀ · dC, or its transpose
            {
                if (p.TransposeB) p.Multiply(pass.Kernels, gradient.Storage, true, a.Storage, p.TransposeA, db, (p.N, p.K, p.M),
                    accumulateB);
                else p.Multiply(pass.Kernels, a.Storage, !p.TransposeA, gradient.Storage, false, db, (p.K, p.N, p.M), accumulateB);
            }
        }
    }
}
