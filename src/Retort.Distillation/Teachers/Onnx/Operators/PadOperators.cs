namespace Retort.Teachers.Onnx.Operators;

/// <summary>Arrays made wider or narrower at their edges.</summary>
internal static class PadOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Pad"] = call => [Pad(call)],
        ["CenterCropPad"] = call => [CenterCropPad(call)],
    };

    private static OnnxArray Pad(OperatorCall call)
    {
        var x = call.Array(0);
        var pads = call.IntsOrInput("pads", 1) ?? call.Ints("paddings") ?? throw call.Refuse("the widths are missing");
        var axes = call.Optional(3) is { } chosen ? Extents.Axes(chosen.Longs(), x.Rank) : [.. Enumerable.Range(0, x.Rank)];
        var (before, after) = (new long[x.Rank], new long[x.Rank]);
        for (var i = 0; i < axes.Length; i++) (before[axes[i]], after[axes[i]]) = (pads[i], pads[i + axes.Length]);
        var fill = call.Optional(2) ?? (call.HasAttribute("value")
            ? CastOperators.Cast(OnnxArray.Of([], [call.Float("value", 0)]), x.Type) : null);
        return Padded(x, before, after, call.Text("mode", "constant"), fill);
    }

    /// <param name="x">Any array.</param>
    /// <param name="before">Elements added in front, an axis each; negative ones are cut off.</param>
    /// <param name="after">Elements added behind.</param>
    /// <param name="mode">constant, edge, reflect or wrap.</param>
    /// <param name="fill">For constant; null = zero.</param>
    private static OnnxArray Padded(OnnxArray x, long[] before, long[] after, string mode, OnnxArray? fill)
    {
        var shape = Extents.Of([.. x.Shape.Select((extent, axis) => Math.Max(0, extent + before[axis] + after[axis]))]);
        var strides = Extents.Strides(x.Shape);
        var places = new int[Extents.Count(shape)];
        for (int axis = x.Rank - 1, inner = 1; axis >= 0; inner *= Math.Max(shape[axis], 1), axis--)
            for (var i = 0; i < places.Length; i++)
            {
                if (places[i] < 0) continue;
                var place = Source(mode, (int)(i / inner % shape[axis] - before[axis]), x.Shape[axis]);
                places[i] = place < 0 ? -1 : places[i] + place * strides[axis];
            }
        return x.Take(places, shape, fill);
    }

    private static int Source(string mode, int at, int extent) => mode switch
    {
        _ when at >= 0 && at < extent => at,
        "constant" => -1,
        _ when extent == 0 => throw new ArgumentException($"an empty axis has nothing for '{mode}'"),
        "edge" => Math.Clamp(at, 0, extent - 1),
        "wrap" => (at % extent + extent) % extent,
        "reflect" => extent == 1 ? 0 : Mirrored(at, 2 * (extent - 1)),
        _ => throw new ArgumentException($"the mode '{mode}' is not known"),
    };

    /// <summary>There and back again, without the edge twice.</summary>
    private static int Mirrored(int at, int period)
    {
        var place = (at % period + period) % period;
        return Math.Min(place, period - place);
    }

    private static OnnxArray CenterCropPad(OperatorCall call)
    {
        var x = call.Array(0);
        var axes = call.Ints("axes") is { } chosen ? Extents.Axes(chosen, x.Rank) : [.. Enumerable.Range(0, x.Rank)];
        var sizes = call.Array(1).Longs();
        var (before, after) = (new long[x.Rank], new long[x.Rank]);
        for (var i = 0; i < axes.Length; i++)
        {
            // an odd number gives the end one more
            var more = sizes[i] - x.Shape[axes[i]];
            before[axes[i]] = more >= 0 ? more / 2 : -(-more / 2);
            after[axes[i]] = more - before[axes[i]];
        }
        return Padded(x, before, after, "constant", null);
    }
}
