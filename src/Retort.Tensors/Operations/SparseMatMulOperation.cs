using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>A constant sparse matrix times a dense one: each row is a weighted sum of the rows that its entries name.</summary>
public static class SparseMatMulOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="matrix">A [M, N]; no gradient flows to its values.</param>
    /// <param name="x">[N, K]</param>
    /// <returns>A · x [M, K]; dx = Aᵀ · dy.</returns>
    public static Tensor SparseMatMul(this Step step, SparseMatrix matrix, Tensor x)
    {
        if (x.Shape.Rank != 2 || x.Shape[0] != matrix.Columns)
            throw new RetortException("SparseMatMul", $"[{matrix.Rows}, {matrix.Columns}] × {x.Shape}.", $"[{matrix.Columns}, K].");
        var y = step.Allocate(new Shape(matrix.Rows, x.Shape[1]));
        var rows = matrix.Forward;
        step.Device.Kernels.SparseMatMul(rows.Starts.Storage, rows.Ids.Storage, rows.Values.Storage, matrix.Rows, matrix.Columns,
            x.Shape[1], x.Storage, y.Storage, false);
        return step.Needs(x) ? step.Record(y, new Node(matrix, x)) : y;
    }

    private readonly struct Node(SparseMatrix matrix, Tensor x) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            var rows = matrix.Transposed;
            if (pass.TryTarget(x, out var target, out var accumulate))
                pass.Kernels.SparseMatMul(rows.Starts.Storage, rows.Ids.Storage, rows.Values.Storage, matrix.Columns, matrix.Rows,
                    x.Shape[1], gradient.Storage, target, accumulate);
        }
    }
}
