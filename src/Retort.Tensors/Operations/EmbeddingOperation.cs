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
        var y = step.Allocate(new Shape([.. ids.Shape.ToArray(), .. table.Shape.ToArray().AsSpan(1)]));
        step.Device.Kernels.GatherRows(table.Storage, table.Shape[0], ids.Storage, ids.Shape.Count, columns, y.Storage);
        return step.Needs(table) ? step.Record(y, new Node(table, ids, columns)) : y;
    }

    private sealed class Node(Tensor table, Tensor ids, long columns) : TapeNode
    {
        public override void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryAccumulator(table, out var target)) pass.Kernels.ScatterAddRows(gradient.Storage, ids.Storage, ids.Shape.Count, columns, target, table.Shape[0]);
        }
    }
}
