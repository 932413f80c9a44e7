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
        // joined axes, the innermost first
        Span<int> extents = stackalloc int[Shape.Length], lefts = stackalloc int[Shape.Length], rights = stackalloc int[Shape.Length];
        var axes = 0;
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            if (Shape[axis] == 1) continue;
            if (axes > 0 && leftStrides[axis] == lefts[axes - 1] * extents[axes - 1]
                && rightStrides[axis] == rights[axes - 1] * extents[axes - 1])
            {
                extents[axes - 1] *= Shape[axis];
                continue;
            }
            (extents[axes], lefts[axes], rights[axes]) = (Shape[axis], leftStrides[axis], rightStrides[axis]);
            axes++;
        }
        (Length, LeftStep, RightStep) = axes == 0 ? (1, 1, 1) : (extents[0], lefts[0], rights[0]);
        (_outer, _left, _right) = (Outer(extents[..axes]), Outer(lefts[..axes]), Outer(rights[..axes]));
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

    /// <summary>All but the innermost, the outermost first.</summary>
    private static int[] Outer(ReadOnlySpan<int> axes)
    {
        if (axes.Length < 2) return [];
        var outer = axes[1..].ToArray();
        Array.Reverse(outer);
        return outer;
    }

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
