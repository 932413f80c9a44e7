using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>An array seen as rows: the axes that an operator works along come last, in one row each.</summary>
internal sealed class Reduced
{
    private readonly int[] _order;
    private readonly int[] _axes;

    /// <param name="x">Any array.</param>
    /// <param name="axes">Axes that become the row, in ascending order.</param>
    public Reduced(OnnxArray x, int[] axes)
    {
        _axes = axes;
        Shape = x.Shape;
        _order = [.. Enumerable.Range(0, x.Rank).Where(axis => !axes.Contains(axis)), .. axes];
        Length = axes.Aggregate(1, (product, axis) => product * x.Shape[axis]);
        Outer = Enumerable.Range(0, x.Rank).Where(axis => !axes.Contains(axis)).Aggregate(1, (product, axis) => product * x.Shape[axis]);
        IsTurned = !_order.Order().SequenceEqual(_order);
        Rows = IsTurned ? ShapeOperators.Transpose(x, [.. _order.Select(axis => (long)axis)]) : x;
    }

    public int[] Shape { get; }
    public bool IsTurned { get; }

    /// <summary>Number of rows, and elements of each.</summary>
    public int Outer { get; }
    public int Length { get; }

    /// <summary>[Outer, Length] in memory.</summary>
    public OnnxArray Rows { get; }

    /// <summary>Shape of one number a row, with the row's axes as 1 or left out.</summary>
    public int[] Result(bool keep) => keep ? [.. Shape.Select((extent, axis) => _axes.Contains(axis) ? 1 : extent)]
        : [.. Shape.Where((_, axis) => !_axes.Contains(axis))];

    /// <summary>Rows of unchanged length back in the order of the array.</summary>
    public OnnxArray Back(OnnxArray rows)
    {
        if (!IsTurned) return rows.Reshaped(Shape);
        var inverse = new long[_order.Length];
        for (var i = 0; i < inverse.Length; i++) inverse[_order[i]] = i;
        return ShapeOperators.Transpose(rows.Reshaped([.. _order.Select(axis => Shape[axis])]), inverse);
    }

    /// <summary>The only axis as the row.</summary>
    public static Reduced Along(OnnxArray x, long axis) => new(x, [Extents.Axis(axis, x.Rank)]);

    /// <exception cref="RetortException">The row is empty and the operator has no answer for it.</exception>
    public void RefuseEmpty(string operation)
    {
        if (Length == 0 && Outer > 0) throw new RetortException(operation, "no elements to choose from.", "one or more.");
    }
}
