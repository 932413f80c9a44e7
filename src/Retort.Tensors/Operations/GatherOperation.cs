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
        var places = step.Allocate(ids.Shape, DataType.Int32);
        Span<int> piece = stackalloc int[128];
        for (var start = 0L; start < ids.Shape.Count; start += piece.Length)
        {
            var part = piece[..(int)Math.Min(piece.Length, ids.Shape.Count - start)];
            step.Device.Read(ids.Part(start, new Shape(part.Length)), part);
            for (var i = 0; i < part.Length; i++) part[i] = Place(x.Shape[1], ids.Shape[1], start + i, part[i]);
            step.Device.Write(places.Part(start, new Shape(part.Length)), part);
        }
        return step.Embedding(step.Reshape(x, new Shape(x.Shape.Count)), places);
    }

    /// <summary>The element of the flattened table that an id stands for.</summary>
    private static int Place(long columns, long idsPerRow, long at, int id)
    {
        if ((uint)id >= (uint)columns)
            throw new RetortException("Gather", $"id {id} at place {at} of {columns} columns.", $"ids from 0 to {columns - 1}.");
        return checked((int)(at / idsPerRow * columns + id));
    }
}
