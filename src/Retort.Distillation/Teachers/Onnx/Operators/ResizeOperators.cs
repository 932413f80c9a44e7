using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Images and the like brought to another size, axis by axis.</summary>
internal static class ResizeOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Resize"] = call => [call.Opset < 11 ? Upsample(call) : Resize(call)],
        ["Upsample"] = call => [Upsample(call)],
    };

    /// <summary>Scales for all axes, an attribute before opset 9; also what Resize was in opset 10.</summary>
    private static OnnxArray Upsample(OperatorCall call)
    {
        var x = call.Array(0);
        var scales = call.Optional(1)?.Doubles() ?? [.. (call.Floats("scales") ?? []).Select(scale => (double)scale)];
        var mode = call.Text("mode", "nearest") is "bilinear" or "linear" ? "linear" : "nearest";
        var rule = new ResizeAxis.Rule(mode, "asymmetric", "floor", -0.75, false, false);
        var axes = scales.Select((scale, axis) => ResizeAxis.Of(rule, x.Shape[axis], (int)Math.Floor(x.Shape[axis] * scale), scale, 0, 1));
        return Resized(x, [.. axes], rule, null);
    }

    private static OnnxArray Resize(OperatorCall call)
    {
        var x = call.Array(0);
        var chosen = call.Ints("axes") is { } given ? Extents.Axes(given, x.Rank) : [.. Enumerable.Range(0, x.Rank)];
        var rule = new ResizeAxis.Rule(call.Text("mode", "nearest"), call.Text("coordinate_transformation_mode", "half_pixel"),
            call.Text("nearest_mode", "round_prefer_floor"), call.Float("cubic_coeff_a", -0.75f), call.Int("antialias", 0) == 1,
            call.Int("exclude_outside", 0) == 1);
        var crop = rule.Transformation == "tf_crop_and_resize" ? call.Array(1).Doubles() : null;
        var (scales, sizes) = Sizes(call, x, chosen);
        var axes = new ResizeAxis?[x.Rank];
        for (var i = 0; i < chosen.Length; i++)
            if (x.Shape[chosen[i]] is var from && (sizes[i] != from || scales[i] != 1 || crop is not null))
                axes[chosen[i]] = ResizeAxis.Of(rule, from, sizes[i], scales[i], crop?[i] ?? 0, crop?[i + chosen.Length] ?? 1);
        return Resized(x, axes, rule, crop is null ? null : call.Float("extrapolation_value", 0));
    }

    private static (double[] Scales, int[] Sizes) Sizes(OperatorCall call, OnnxArray x, int[] axes)
    {
        if (call.Optional(2) is { Count: > 0 } given)
            return (given.Doubles(), [.. given.Doubles().Select((scale, i) => (int)Math.Floor(x.Shape[axes[i]] * scale))]);
        var sizes = Extents.Of(call.Array(3).Longs());
        double[] scales = [.. sizes.Select((size, i) => (double)size / x.Shape[axes[i]])];
        var policy = call.Text("keep_aspect_ratio_policy", "stretch");
        if (policy == "stretch") return (scales, sizes);
        var common = policy == "not_larger" ? scales.Min() : scales.Max();
        return ([.. scales.Select(_ => common)], [.. axes.Select(axis => (int)Math.Floor(common * x.Shape[axis] + 0.5))]);
    }

    private static OnnxArray Resized(OnnxArray x, ResizeAxis?[] axes, ResizeAxis.Rule rule, float? outside)
    {
        var y = rule.Mode == "nearest" ? x : new OnnxArray<double>(OnnxType.Double, x.Shape, x.Doubles());
        for (var axis = 0; axis < axes.Length; axis++)
            if (axes[axis] is { } change)
                y = rule.Mode == "nearest" ? SelectionOperators.Gather(y, Chosen(change), axis) : Mixed((OnnxArray<double>)y, change, axis);
        return Filled(CastOperators.Cast(y, x.Type), axes, outside);
    }

    private static OnnxArray Chosen(ResizeAxis change) => OnnxArray.Vector([.. change.Places.Select(places => (long)places[0])]);

    private static OnnxArray<double> Mixed(OnnxArray<double> x, ResizeAxis change, int axis)
    {
        var (length, inner) = (change.Places.Length, Extents.Product(x.Shape, axis + 1, x.Rank));
        var shape = Extents.With(x.Shape, axis, length);
        var y = new double[Extents.Count(shape)];
        for (var row = 0; row < y.Length / Math.Max(inner, 1); row++)
        {
            var (outer, at) = (row / length, row % length);
            var (places, weights) = (change.Places[at], change.Weights[at]);
            for (var i = 0; i < places.Length; i++)
            {
                var from = (outer * x.Shape[axis] + places[i]) * inner;
                for (var j = 0; j < inner; j++) y[row * inner + j] += weights[i] * x.Data[from + j];
            }
        }
        return new OnnxArray<double>(x.Type, shape, y);
    }

    private static OnnxArray Filled(OnnxArray y, ResizeAxis?[] axes, float? value)
    {
        if (value is not { } outside || !axes.Any(axis => axis?.IsOutside.Contains(true) ?? false)) return y;
        var strides = Extents.Strides(y.Shape);
        var places = new int[y.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i;
            for (var axis = 0; axis < axes.Length; axis++)
                if (axes[axis] is { } change && change.IsOutside[i / strides[axis] % y.Shape[axis]]) places[i] = -1;
        }
        return y.Take(places, y.Shape, CastOperators.Cast(OnnxArray.Of([], [outside]), y.Type));
    }
}
