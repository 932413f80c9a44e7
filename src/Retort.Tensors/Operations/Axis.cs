namespace Retort.Tensors.Operations;

/// <summary>A dimension seen as the middle of [Outer, Count, Inner].</summary>
internal readonly record struct Axis(int Dimension, long Outer, long Count, long Inner)
{
    public static Axis Of(string operation, Shape shape, int dimension)
    {
        var index = dimension < 0 ? dimension + shape.Rank : dimension;
        if ((uint)index >= (uint)shape.Rank) throw new RetortException(operation, $"dimension {dimension} of {shape}.",
            $"a dimension of {shape.Rank}.");
        return new Axis(index, shape.CountOf(0, index), shape[index], shape.CountOf(index + 1, shape.Rank));
    }

    public Shape Without(Shape shape, bool keep) => keep ? shape.With(Dimension, 1) : shape.Without(Dimension);
}
