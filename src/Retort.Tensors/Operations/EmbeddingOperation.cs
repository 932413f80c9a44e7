using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Rows of a table, chosen by ids: embedding and index selection along the first dimension.</summary>
public static class EmbeddingOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="table">[V, …]</param>
    /// <param name="ids">Any shape, int32 in [0, V).</param>
    /// <returns>[…ids, …]</returns>
    public static Tensor Embedding(this Step step, Tensor table, Tensor ids)
    {
        if (ids.DataType != DataType.Int32) throw new RetortException("Embedding", $"ids are {ids.DataType}.", "Int32 ids.");
        var columns = table.Shape.CountOf(1, table.Shape.Rank);
        var shape = ids.Shape;
        for (var i = 1; i < table.Shape.Rank; i++) shape = shape.Append(table.Shape[i]);
        var y = step.Allocate(shape);
        step.Device.Kernels.GatherRows(table.Storage, table.Shape[0], ids.Storage, ids.Shape.Count, columns, y.Storage);
        return step.Needs(table) ? step.Record(y, new Node(table, ids, columns)) : y;
    }

    private readonly struct Node(Tensor table, Tensor ids, long columns) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryAccumulator(table, out var target)) pass.Kernels.ScatterAddRows(gradient.Storage, ids.Storage, ids.Shape.Count,
                columns, target, table.Shape[0]);
        }
    }
}
