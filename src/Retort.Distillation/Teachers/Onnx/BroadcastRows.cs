namespace Retort.Teachers.Onnx;

/// <summary>
/// How two arrays are walked side by side as the shape they broadcast to: in rows, in each of which either steps by 1 or stays.
/// Neighbouring axes that both walk alike are joined, so that rows are long.
/// </summary>
internal sealed class BroadcastRows
{
    private readonly int[] _outer, _left, _right;

    public BroadcastRows(int[] left, int[] right)
    {
        Shape = left.AsSpan().SequenceEqual(right) ? left : Extents.Broadcast(left, right);
        var leftStrides = Extents.BroadcastStrides(left, Shape.Length);
        var rightStrides = Extents.BroadcastStrides(right, Shape.Length);
        List<(int Extent, int Left, int Right)> axes = [];
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            if (Shape[axis] == 1) continue;
            if (axes.Count > 0)
            {
                var (extent, l, r) = axes[^1];
                if (leftStrides[axis] == l * extent && rightStrides[axis] == r * extent)
                {
                    axes[^1] = (extent * Shape[axis], l, r);
                    continue;
                }
            }
            axes.Add((Shape[axis], leftStrides[axis], rightStrides[axis]));
        }
        (Length, LeftStep, RightStep) = axes.Count == 0 ? (1, 1, 1) : axes[0];
        axes.Reverse();
        var outer = axes.Take(Math.Max(axes.Count - 1, 0)).ToArray();
        _outer = [.. outer.Select(axis => axis.Extent)];
        _left = [.. outer.Select(axis => axis.Left)];
        _right = [.. outer.Select(axis => axis.Right)];
        Count = Extents.Count(Shape);
    }

    /// <summary>The joined shape, and its elements.</summary>
    public int[] Shape { get; }
    public int Count { get; }

    /// <summary>Elements of a row.</summary>
    public int Length { get; }

    /// <summary>1 or 0.</summary>
    public int LeftStep { get; }
    public int RightStep { get; }

    /// <summary>Where each row begins: in the result, on the left, on the right.</summary>
    public IEnumerable<(int At, int Left, int Right)> Rows()
    {
        var index = new int[_outer.Length];
        var (left, right) = (0, 0);
        for (var at = 0; at < Count; at += Length)
        {
            yield return (at, left, right);
            for (var axis = _outer.Length - 1; axis >= 0; axis--)
            {
                left += _left[axis];
                right += _right[axis];
                if (++index[axis] < _outer[axis]) break;
                left -= _left[axis] * _outer[axis];
                right -= _right[axis] * _outer[axis];
                index[axis] = 0;
            }
        }
    }
}
