namespace Retort.Teachers.Onnx.Operators;

/// <summary>Elements chosen by indices or conditions.</summary>
internal static class SelectionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Gather"] = call => [Gather(call.Array(0), call.Array(1), call.Int("axis", 0))],
        ["GatherElements"] = call => [GatherElements(call.Array(0), call.Array(1), call.Int("axis", 0))],
        ["Where"] = call => [Where(call.Array(0).As<bool>(), call.Array(1), call.Array(2))],
    };

    public static OnnxArray Gather(OnnxArray x, OnnxArray indices, long along)
    {
        var axis = Extents.Axis(along, x.Rank);
        var outer = Extents.Product(x.Shape, 0, axis);
        var inner = Extents.Product(x.Shape, axis + 1, x.Rank);
        var chosen = Array.ConvertAll(indices.Longs(), index => Index(index, x.Shape[axis]));
        var result = x.Filled([.. x.Shape[..axis], .. indices.Shape, .. x.Shape[(axis + 1)..]]);
        var at = 0;
        for (var row = 0; row < outer; row++)
            foreach (var index in chosen)
            {
                result.Put(at, x, (row * x.Shape[axis] + index) * inner, inner);
                at += inner;
            }
        return result;
    }

    /// <summary>An index counted from either end.</summary>
    public static int Index(long index, int extent) => index >= -extent && index < extent ? (int)(index < 0 ? index + extent : index)
        : throw new ArgumentException($"the index {index} is outside {extent} elements");

    private static OnnxArray GatherElements(OnnxArray x, OnnxArray indices, long along)
    {
        var axis = Extents.Axis(along, x.Rank);
        return x.Take(ElementPlaces(x.Shape, indices, axis), indices.Shape);
    }

    /// <summary>Places in an array of each index: its own coordinates, but for the axis, where the index stands.</summary>
    public static int[] ElementPlaces(int[] shape, OnnxArray indices, int axis)
    {
        var places = new int[indices.Count];
        var strides = Extents.Strides(shape);
        var own = Extents.Strides(indices.Shape);
        var numbers = indices.Longs();
        for (var i = 0; i < places.Length; i++)
        {
            var place = Index(numbers[i], shape[axis]) * strides[axis];
            for (var other = 0; other < shape.Length; other++)
                if (other != axis) place += i / own[other] % indices.Shape[other] * strides[other];
            places[i] = place;
        }
        return places;
    }

    /// <summary>Where the blocks begin that the last axis of the indices names by their coordinates.</summary>
    /// <param name="shape">Of the array that is indexed.</param>
    /// <param name="indices">[batch axes…, …, depth]</param>
    /// <param name="batchAxes">Leading axes that both share.</param>
    public static int[] BlockStarts(int[] shape, OnnxArray indices, int batchAxes)
    {
        var (depth, numbers, strides) = (indices.Shape[^1], indices.Longs(), Extents.Strides(shape));
        var starts = new int[Extents.Product(indices.Shape, 0, indices.Rank - 1)];
        var perBatch = Extents.Product(indices.Shape, batchAxes, indices.Rank - 1);
        var batchStride = Extents.Product(shape, batchAxes, shape.Length);
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = i / perBatch * batchStride;
            for (var axis = 0; axis < depth; axis++)
                starts[i] += Index(numbers[i * depth + axis], shape[batchAxes + axis]) * strides[batchAxes + axis];
        }
        return starts;
    }

    private static OnnxArray Where(OnnxArray<bool> condition, OnnxArray x, OnnxArray y)
    {
        var shape = Extents.Broadcast(condition.Shape, x.Shape, y.Shape);
        var (choice, left, right) = ((OnnxArray<bool>)ShapeOperators.Expand(condition, shape), ShapeOperators.Expand(x, shape),
            ShapeOperators.Expand(y, shape));
        var result = left.Copied();
        for (var i = 0; i < result.Count;)
        {
            // runs of the same choice are copied at once
            var end = i + 1;
            while (end < result.Count && choice.Data[end] == choice.Data[i]) end++;
            if (!choice.Data[i]) result.Put(i, right, i, end - i);
            i = end;
        }
        return result;
    }
}
