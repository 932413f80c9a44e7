using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Elements chosen by what they are: largest, distinct, not zero, wanted.</summary>
internal static class PickOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["TopK"] = TopK,
        ["Unique"] = Unique,
        ["NonZero"] = call => [NonZero(call.Array(0))],
        ["Compress"] = call => [Compress(call)],
        ["GatherND"] = call => [GatherBlocks(call.Array(0), call.Array(1), (int)call.Int("batch_dims", 0))],
    };

    private static OnnxValue?[] TopK(OperatorCall call)
    {
        var x = call.Array(0);
        var rows = Reduced.Along(x, call.Int("axis", -1));
        var wanted = (int)(call.Optional(1)?.Long() ?? call.Int("k", 1));
        if (wanted < 0 || wanted > rows.Length) throw call.Refuse($"{wanted} of {rows.Length} elements are asked for");
        var orders = Numbers.Visit<Ordering, int[]>(rows.Rows, new Ordering(rows.Length, call.Int("largest", 1) == 1));
        var (places, indices) = (new int[rows.Outer * wanted], new long[rows.Outer * wanted]);
        for (var i = 0; i < places.Length; i++)
        {
            indices[i] = orders[i / wanted * rows.Length + i % wanted];
            places[i] = i / wanted * rows.Length + (int)indices[i];
        }
        int[] shape = [.. rows.Result(false), wanted];
        var axis = Extents.Axis(call.Int("axis", -1), x.Rank);
        // the chosen axis lies last: bring it back
        long[] back = [.. Enumerable.Range(0, x.Rank).Select(other => other < axis ? other : other == axis ? x.Rank - 1 : other - 1)];
        return [ShapeOperators.Transpose(rows.Rows.Take(places, shape), back),
            ShapeOperators.Transpose(OnnxArray.Of(shape, indices), back)];
    }

    private static OnnxArray NonZero(OnnxArray x)
    {
        var values = x.Doubles();
        int[] found = [.. Enumerable.Range(0, x.Count).Where(i => values[i] != 0)];
        var strides = Extents.Strides(x.Shape);
        var shape = x.Shape;
        var coordinates = Enumerable.Range(0, x.Rank).SelectMany(axis => found.Select(i => (long)(i / strides[axis] % shape[axis])));
        return OnnxArray.Of([x.Rank, found.Length], [.. coordinates]);
    }

    private static OnnxArray Compress(OperatorCall call)
    {
        var x = call.HasAttribute("axis") ? call.Array(0) : call.Array(0).Reshaped(call.Array(0).Count);
        var kept = call.Array(1).Bools();
        var indices = Enumerable.Range(0, kept.Length).Where(i => kept[i]).Select(i => (long)i).ToArray();
        return SelectionOperators.Gather(x, OnnxArray.Vector(indices), call.Int("axis", 0));
    }

    private static OnnxArray GatherBlocks(OnnxArray x, OnnxArray indices, int batchAxes)
    {
        var starts = SelectionOperators.BlockStarts(x.Shape, indices, batchAxes);
        var depth = batchAxes + indices.Shape[^1];
        var block = Extents.Product(x.Shape, depth, x.Rank);
        var result = x.Filled([.. indices.Shape[..^1], .. x.Shape[depth..]]);
        for (var i = 0; i < starts.Length; i++) result.Put(i * block, x, starts[i], block);
        return result;
    }

    /// <summary>Without an axis of single elements, with one of whole slices; slices are compared element by element.</summary>
    private static OnnxValue?[] Unique(OperatorCall call)
    {
        var given = call.Array(0);
        var x = call.HasAttribute("axis") ? given : given.Reshaped(given.Count);
        var axis = Extents.Axis(call.Int("axis", 0), x.Rank);
        long[] order = [axis, .. Enumerable.Range(0, x.Rank).Where(other => other != axis)];
        var turned = ShapeOperators.Transpose(x, order);
        var (count, length) = (x.Shape[axis], x.Count / Math.Max(x.Shape[axis], 1));
        Comparison<int> compare = turned is OnnxArray<string> texts
            ? (a, b) => texts.Data.AsSpan(a * length, length).SequenceCompareTo(texts.Data.AsSpan(b * length, length))
            : Numbers.Visit<Comparing, Comparison<int>>(turned, new Comparing(length));
        var sorted = Enumerable.Range(0, count).ToList();
        sorted.Sort((a, b) => compare(a, b) is var difference && difference != 0 ? difference : a - b);
        List<List<int>> groups = [];
        foreach (var item in sorted)
        {
            if (groups.Count > 0 && compare(groups[^1][0], item) == 0) groups[^1].Add(item);
            else groups.Add([item]);
        }
        if (call.Int("sorted", 1) == 0) groups.Sort((a, b) => a[0] - b[0]);
        var inverse = new long[count];
        for (var group = 0; group < groups.Count; group++)
            foreach (var item in groups[group]) inverse[item] = group;
        var first = OnnxArray.Vector([.. groups.Select(group => (long)group[0])]);
        return [SelectionOperators.Gather(x, first, axis), first, OnnxArray.Vector(inverse),
            OnnxArray.Vector([.. groups.Select(group => (long)group.Count)])];
    }

    private readonly struct Comparing(int length) : INumberWork<Comparison<int>>
    {
        public Comparison<int> Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var size = length;
            return (a, b) => array.Data.AsSpan(a * size, size).SequenceCompareTo(array.Data.AsSpan(b * size, size));
        }
    }

    /// <summary>Places of each row from the best on; of equals the first is better.</summary>
    private readonly struct Ordering(int length, bool largest) : INumberWork<int[]>
    {
        public int[] Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var order = new int[array.Count];
            var sign = largest ? -1 : 1;
            for (var row = 0; row < order.Length; row += length)
            {
                var from = row;
                var places = order.AsSpan(row, length);
                for (var i = 0; i < length; i++) places[i] = i;
                places.Sort((a, b) => array.Data[from + a].CompareTo(array.Data[from + b]) is var difference && difference != 0
                    ? difference * sign : a - b);
            }
            return order;
        }
    }
}
