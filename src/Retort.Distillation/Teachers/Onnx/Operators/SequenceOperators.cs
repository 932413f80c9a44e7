namespace Retort.Teachers.Onnx.Operators;

/// <summary>Lists of values, and values that may be absent.</summary>
internal static class SequenceOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["SequenceEmpty"] = _ => [new OnnxList([])],
        ["SequenceConstruct"] = call => [new OnnxList([.. call.Inputs.Select((_, i) => call.Array(i))])],
        ["SequenceLength"] = call => [OnnxArray.Of([], [(long)call.List(0).Items.Count])],
        ["SequenceAt"] = call => [call.List(0).Items[Place(call.List(0), call.Array(1))]],
        ["SequenceInsert"] = Insert,
        ["SequenceErase"] = Erase,
        ["SequenceMap"] = Map,
        ["SplitToSequence"] = Split,
        ["ConcatFromSequence"] = call => [Concat(call)],
        ["Optional"] = call => [call.Has(0) ? call.Inputs[0] : OnnxNothing.Instance],
        ["OptionalHasElement"] = call => [OnnxArray.Of([], [call.Has(0) && call.Inputs[0] is not OnnxNothing])],
        ["OptionalGetElement"] = call => [call.Inputs[0] is null or OnnxNothing ? throw call.Refuse("the value is absent") : call.Inputs[0]],
    };

    private static int Place(OnnxList list, OnnxArray index) => SelectionOperators.Index(index.Long(), list.Items.Count);

    private static OnnxValue?[] Insert(OperatorCall call)
    {
        List<OnnxValue> items = [.. call.List(0).Items];
        // one place more than items: behind the last
        var place = call.Optional(2)?.Long() ?? items.Count;
        items.Insert(place == items.Count ? items.Count : SelectionOperators.Index(place, items.Count), call.Array(1));
        return [new OnnxList(items)];
    }

    private static OnnxValue?[] Erase(OperatorCall call)
    {
        List<OnnxValue> items = [.. call.List(0).Items];
        items.RemoveAt(call.Optional(1) is { } index ? Place(call.List(0), index) : items.Count - 1);
        return [new OnnxList(items)];
    }

    /// <summary>The body on each item; other lists go along item by item, arrays stay.</summary>
    private static OnnxValue?[] Map(OperatorCall call)
    {
        var results = call.List(0).Items.Select((_, at) => call.Run("body",
            [.. call.Inputs.Select(input => input is OnnxList list ? list.Items[at] : input)])).ToList();
        return [.. Enumerable.Range(0, call.OutputCount).Select(i => new OnnxList([.. results.Select(result => result[i]!)]))];
    }

    private static OnnxValue?[] Split(OperatorCall call)
    {
        var (x, split) = (call.Array(0), call.Optional(1));
        var axis = Extents.Axis(call.Int("axis", 0), x.Rank);
        var extent = x.Shape[axis];
        var lengths = split is { Rank: > 0 } ? Extents.Of(split.Longs()) : Even(extent, split is null ? 1 : (int)split.Long());
        var (start, parts) = (0, new List<OnnxValue>());
        foreach (var length in lengths)
        {
            var part = ShapeOperators.Part(x, axis, start, length);
            start += length;
            parts.Add(split is null && call.Int("keepdims", 1) == 0 ? part.Reshaped([.. x.Shape[..axis], .. x.Shape[(axis + 1)..]]) : part);
        }
        return [new OnnxList(parts)];
    }

    private static int[] Even(int extent, int length) =>
        [.. Enumerable.Range(0, (extent + length - 1) / length).Select(part => Math.Min(length, extent - part * length))];

    private static OnnxArray Concat(OperatorCall call)
    {
        var items = call.List(0).Items.Cast<OnnxArray>().ToList();
        return call.Int("new_axis", 0) == 1 ? ControlFlowOperators.Stack(items, call.Int("axis", 0)) : ShapeOperators.Concat(items, call.Int("axis", 0));
    }
}
