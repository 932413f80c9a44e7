namespace Retort.Tensors.Operations;

/// <summary>Chosen columns of each row: y[r, k] = x[r, ids[r, k]].</summary>
public static class GatherOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[N, V]</param>
    /// <param name="ids">[N, K] int32 in [0, V)</param>
    /// <returns>[N, K]</returns>
    public static Tensor Gather(this Step step, Tensor x, Tensor ids)
    {
        if (x.Shape.Rank != 2 || ids.Shape.Rank != 2 || x.Shape[0] != ids.Shape[0] || ids.DataType != DataType.Int32)
            throw new RetortException("Gather", $"{x.Shape} with ids {ids.Shape} ({ids.DataType}).", "[N, V] and [N, K] of Int32.");
        var places = new int[ids.Shape.Count];
        step.Device.Read(ids, places.AsSpan());
        for (var i = 0; i < places.Length; i++)
        {
            if ((uint)places[i] >= (uint)x.Shape[1])
                throw new RetortException("Gather", $"id {places[i]} at place {i} of {x.Shape[1]} columns.", $"ids from 0 to {x.Shape[1] - 1}.");
            places[i] = checked((int)(i / ids.Shape[1] * x.Shape[1] + places[i]));
        }
        return step.Embedding(step.Reshape(x, new Shape(x.Shape.Count)), step.Constant(ids.Shape, places));
    }
}
