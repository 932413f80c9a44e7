using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Elements written to places given by indices.</summary>
internal static class ScatterOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Scatter"] = call => [Elements(call)],
        ["ScatterElements"] = call => [Elements(call)],
        ["ScatterND"] = call => [Blocks(call)],
        ["TensorScatter"] = call => [Cache(call)],
    };

    private static OnnxArray Elements(OperatorCall call)
    {
        var (x, indices) = (call.Array(0), call.Array(1));
        var places = SelectionOperators.ElementPlaces(x.Shape, indices, Extents.Axis(call.Int("axis", 0), x.Rank));
        return Written(x, places, call.Array(2), call.Text("reduction", "none"));
    }

    /// <summary>The last axis of the indices is a coordinate; a whole block lies at each.</summary>
    private static OnnxArray Blocks(OperatorCall call)
    {
        var (x, indices) = (call.Array(0), call.Array(1));
        var starts = SelectionOperators.BlockStarts(x.Shape, indices, 0);
        var block = Extents.Product(x.Shape, indices.Shape[^1], x.Rank);
        var places = new int[starts.Length * block];
        for (var i = 0; i < places.Length; i++) places[i] = starts[i / block] + i % block;
        return Written(x, places, call.Array(2), call.Text("reduction", "none"));
    }

    private static OnnxArray Written(OnnxArray x, int[] places, OnnxArray updates, string reduction)
    {
        if (places.Length != updates.Count) throw new ArgumentException($"{updates.Count} updates for {places.Length} indices");
        if (reduction != "none")
            return CastOperators.Cast(Numbers.Visit<Reducing, OnnxArray>(x, new Reducing(places, updates, reduction)), x.Type);
        var result = x.Copied();
        for (var i = 0; i < places.Length; i++) result.Put(places[i], updates, i, 1);
        return result;
    }

    /// <summary>New keys or values behind the old ones of each item of a batch, or around the end of a circular cache.</summary>
    private static OnnxArray Cache(OperatorCall call)
    {
        var (past, update, starts) = (call.Array(0), call.Array(1), call.Optional(2)?.Longs());
        var axis = Extents.Axis(call.Int("axis", -2), past.Rank);
        var isCircular = call.Text("mode", "linear") == "circular";
        var (capacity, length, inner) = (past.Shape[axis], update.Shape[axis], Extents.Product(past.Shape, axis + 1, past.Rank));
        var perItem = Extents.Product(past.Shape, 1, axis);
        var result = past.Copied();
        for (var row = 0; row < past.Shape[0] * perItem; row++)
            for (var step = 0; step < length; step++)
            {
                var at = (starts?[row / perItem] ?? 0) + step;
                var place = SelectionOperators.Index(isCircular ? at % capacity : at, capacity);
                result.Put((row * capacity + place) * inner, update, (row * length + step) * inner, inner);
            }
        return result;
    }

    private readonly struct Reducing(int[] places, OnnxArray updates, string reduction) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            T[] result = [.. array.Data];
            var added = ((OnnxArray<T>)CastOperators.Cast(updates, array.Type)).Data;
            for (var i = 0; i < places.Length; i++)
            {
                ref var old = ref result[places[i]];
                old = reduction switch
                {
                    "add" => old + added[i],
                    "mul" => old * added[i],
                    "max" => T.Max(old, added[i]),
                    "min" => T.Min(old, added[i]),
                    _ => throw new ArgumentException($"the reduction '{reduction}' is not known"),
                };
            }
            return new OnnxArray<T>(array.Type, array.Shape, result);
        }
    }
}
