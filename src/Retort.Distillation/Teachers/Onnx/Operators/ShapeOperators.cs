namespace Retort.Teachers.Onnx.Operators;

/// <summary>The same elements in another order or shape.</summary>
internal static class ShapeOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Identity"] = call => [call.Inputs[0]],
        ["Reshape"] = call => [Reshape(call)],
        ["Flatten"] = call => [Flatten(call.Array(0), call.Int("axis", 1))],
        ["Squeeze"] = call => [Squeeze(call.Array(0), call.IntsOrInput("axes", 1))],
        ["Unsqueeze"] = call => [Unsqueeze(call.Array(0), call.IntsOrInput("axes", 1) ?? [])],
        ["Transpose"] = call => [Transpose(call.Array(0), call.Ints("perm"))],
        ["Expand"] = call => [Expand(call.Array(0), Extents.Of(call.Array(1).Longs()))],
        ["Tile"] = call => [Tile(call.Array(0), Extents.Of(call.Array(1).Longs()))],
        ["Concat"] = call => [Concat([.. call.Inputs.Select((_, i) => call.Array(i))], call.Int("axis", 1))],
        ["Split"] = Split,
        ["Slice"] = call => [Slice(call)],
        ["Shape"] = call => [Shape(call.Array(0), call.Int("start", 0), call.Int("end", long.MaxValue))],
        ["Size"] = call => [OnnxArray.Of([], [(long)call.Array(0).Count])],
    };

    public static OnnxArray Transpose(OnnxArray x, params long[]? order)
    {
        var axes = order is null ? [.. Enumerable.Range(0, x.Rank).Reverse()] : Extents.Axes(order, x.Rank);
        var strides = Extents.Strides(x.Shape);
        return x.Strided([.. axes.Select(axis => x.Shape[axis])], [.. axes.Select(axis => strides[axis])]);
    }

    public static OnnxArray Expand(OnnxArray x, int[] shape)
    {
        var joined = Extents.Broadcast(x.Shape, shape);
        return joined.AsSpan().SequenceEqual(x.Shape) ? x : x.Strided(joined, Extents.BroadcastStrides(x.Shape, joined.Length));
    }

    /// <summary>Arrays of one type, one behind the other along an axis.</summary>
    public static OnnxArray Concat(IReadOnlyList<OnnxArray> parts, long along)
    {
        var first = parts[0];
        var axis = Extents.Axis(along, first.Rank);
        var outer = Extents.Product(first.Shape, 0, axis);
        var inner = Extents.Product(first.Shape, axis + 1, first.Rank);
        var total = parts.Sum(part => part.Shape[axis]);
        var joined = first.Filled(Extents.With(first.Shape, axis, total));
        var at = 0;
        for (var row = 0; row < outer; row++)
            foreach (var part in parts)
            {
                var length = part.Shape[axis] * inner;
                if (part.Count != outer * length || part.Rank != first.Rank)
                    throw new ArgumentException($"{Extents.Text(part.Shape)} does not fit {Extents.Text(first.Shape)} along axis {axis}");
                joined.Put(at, part, row * length, length);
                at += length;
            }
        return joined;
    }

    /// <summary>A run of indices along one axis.</summary>
    public static OnnxArray Part(OnnxArray x, int axis, int start, int length) =>
        x.Strided(Extents.With(x.Shape, axis, length), Extents.Strides(x.Shape), start * Extents.Strides(x.Shape)[axis]);

    public static OnnxArray Unsqueeze(OnnxArray x, long[] axes)
    {
        var ones = Extents.Axes(axes, x.Rank + axes.Length).ToHashSet();
        if (ones.Count != axes.Length) throw new ArgumentException("an axis stands twice");
        var old = 0;
        return x.Reshaped([.. Enumerable.Range(0, x.Rank + axes.Length).Select(axis => ones.Contains(axis) ? 1 : x.Shape[old++])]);
    }

    private static OnnxArray Squeeze(OnnxArray x, long[]? axes)
    {
        var gone = axes is null ? [.. Enumerable.Range(0, x.Rank).Where(axis => x.Shape[axis] == 1)] : Extents.Axes(axes, x.Rank);
        return x.Reshaped([.. x.Shape.Where((_, axis) => !gone.Contains(axis))]);
    }

    private static OnnxArray Flatten(OnnxArray x, long axis)
    {
        var split = axis == x.Rank ? x.Rank : Extents.Axis(axis, x.Rank);
        return x.Reshaped(Extents.Product(x.Shape, 0, split), Extents.Product(x.Shape, split, x.Rank));
    }

    private static OnnxArray Reshape(OperatorCall call)
    {
        var x = call.Array(0);
        var shape = Extents.Of(call.IntsOrInput("shape", 1) ?? []);
        if (call.Int("allowzero", 0) == 0)
            for (var axis = 0; axis < shape.Length; axis++)
                if (shape[axis] == 0) shape[axis] = x.Shape[axis];
        var free = Array.IndexOf(shape, -1);
        if (free >= 0)
        {
            shape[free] = 1;
            var others = Extents.Count(shape);
            shape[free] = others == 0 ? 0 : x.Count / others;
        }
        return Extents.Count(shape) == x.Count ? x.Reshaped(shape)
            : throw call.Refuse($"{Extents.Text(x.Shape)} cannot take the shape {Extents.Text(shape)}", $"{x.Count} elements.");
    }

    private static OnnxArray Tile(OnnxArray x, int[] repeats)
    {
        // the repeat becomes an axis before each, along which the elements stay
        var strides = Extents.Strides(x.Shape);
        var shape = x.Shape.SelectMany((extent, axis) => new[] { repeats[axis], extent }).ToArray();
        var tiled = x.Strided(shape, [.. strides.SelectMany(stride => new[] { 0, stride })]);
        return tiled.Reshaped([.. x.Shape.Select((extent, axis) => extent * repeats[axis])]);
    }

    private static OnnxValue?[] Split(OperatorCall call)
    {
        var x = call.Array(0);
        var axis = Extents.Axis(call.Int("axis", 0), x.Rank);
        var parts = call.Int("num_outputs", call.OutputCount);
        var even = (x.Shape[axis] + parts - 1) / parts;
        var lengths = call.IntsOrInput("split", 1)
            ?? [.. Enumerable.Range(0, (int)parts).Select(part => Math.Min(even, x.Shape[axis] - part * even))];
        var start = 0;
        return [.. lengths.Select(length => Part(x, axis, (start += (int)length) - (int)length, (int)length))];
    }

    private static OnnxArray Slice(OperatorCall call)
    {
        var x = call.Array(0);
        var starts = call.IntsOrInput("starts", 1)!;
        var ends = call.IntsOrInput("ends", 2)!;
        var axes = call.IntsOrInput("axes", 3) ?? [.. Enumerable.Range(0, starts.Length)];
        var steps = call.Optional(4)?.Longs() ?? [.. starts.Select(_ => 1L)];
        var (shape, strides, offset) = ((int[])x.Shape.Clone(), Extents.Strides(x.Shape), 0);
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = Extents.Axis(axes[i], x.Rank);
            var (extent, step) = (x.Shape[axis], steps[i]);
            if (step == 0) throw call.Refuse("a step of 0");
            // a step back starts at the last element at most and ends before the first
            var (least, most) = step > 0 ? (0, extent) : (-1, Math.Max(extent - 1, -1));
            var start = Math.Clamp(starts[i] < 0 ? starts[i] + extent : starts[i], Math.Min(0, most), most);
            var end = Math.Clamp(ends[i] < 0 ? ends[i] + extent : ends[i], least, most);
            offset += (int)start * strides[axis];
            var length = (end - start + (step > 0 ? step - 1 : step + 1)) / step;
            shape[axis] = (int)Math.Max(0, length);
            strides[axis] = (int)Math.Clamp(strides[axis] * step, int.MinValue, int.MaxValue);
        }
        return x.Strided(shape, strides, offset);
    }

    private static OnnxArray Shape(OnnxArray x, long start, long end)
    {
        var from = (int)Math.Clamp(start < 0 ? start + x.Rank : start, 0, x.Rank);
        var to = (int)Math.Clamp(end < 0 ? end + x.Rank : end, from, Math.Max(from, x.Rank));
        return OnnxArray.Vector([.. x.Shape[from..to].Select(extent => (long)extent)]);
    }
}
