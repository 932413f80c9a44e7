using System.Numerics;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>One number for each window.</summary>
internal static class PoolingOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["MaxPool"] = MaxPool,
        ["AveragePool"] = call => [Pooled(call, Window(call), Average(call.Int("count_include_pad", 0) == 1))],
        ["LpPool"] = call => [Pooled(call, Window(call), Norm(call.Int("p", 2)))],
        ["GlobalAveragePool"] = call => [Pooled(call, Whole(call), Average(false))],
        ["GlobalMaxPool"] = call => [Pooled(call, Whole(call), (values, _) => values.IsEmpty ? double.NaN : Largest(values))],
        ["GlobalLpPool"] = call => [Pooled(call, Whole(call), Norm(call.Int("p", 2)))],
        ["MaxUnpool"] = call => [Unpool(call)],
    };

    /// <param name="values">Those of a window that lie in the data.</param>
    /// <param name="padding">How many lie in the padding.</param>
    private delegate double WindowRule(ReadOnlySpan<double> values, int padding);

    private static SlidingWindow Window(OperatorCall call) =>
        new(call, call.Array(0).Shape[2..], Extents.Of(call.Ints("kernel_shape") ?? []));

    private static SlidingWindow Whole(OperatorCall call) => new(call, call.Array(0).Shape[2..], call.Array(0).Shape[2..]);

    private static WindowRule Average(bool countPadding) => (values, padding) =>
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / (countPadding ? values.Length + padding : values.Length);
    };

    private static WindowRule Norm(long power) => (values, _) =>
    {
        var sum = 0.0;
        foreach (var value in values) sum += Math.Pow(Math.Abs(value), power);
        return Math.Pow(sum, 1.0 / power);
    };

    private static double Largest(ReadOnlySpan<double> values)
    {
        var largest = values[0];
        foreach (var value in values) largest = Math.Max(largest, value);
        return largest;
    }

    private static OnnxArray Pooled(OperatorCall call, SlidingWindow window, WindowRule rule)
    {
        var x = call.Array(0);
        var (data, places, taps) = (x.Doubles(), window.Places(), window.Taps);
        var (cells, spots) = (Extents.Count(window.Input), Extents.Count(window.Output));
        int[] shape = [.. x.Shape[..2], .. window.Output];
        var y = new double[Extents.Count(shape)];
        var values = new double[taps];
        for (var at = 0; at < y.Length; at++)
        {
            var (count, padding) = (0, 0);
            foreach (var place in places.AsSpan(at % spots * taps, taps))
            {
                if (place >= 0) values[count++] = data[at / spots * cells + place];
                else if (place == SlidingWindow.Padding) padding++;
            }
            y[at] = rule(values.AsSpan(0, count), padding);
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, y), x.Type);
    }

    private static OnnxValue?[] MaxPool(OperatorCall call)
    {
        var x = call.Array(0);
        var window = Window(call);
        if (x is OnnxArray<float> && x.Rank == 4 && !call.Wants(1) && CanUseKernel(window)) return [OnKernels(call.Engine, x, window)];
        var places = Numbers.Visit<Maxima, int[]>(x, new Maxima(window));
        int[] shape = [.. x.Shape[..2], .. window.Output];
        var numbers = Array.ConvertAll(places, place => (long)place);
        return [x.Take(places, shape), OnnxArray.Of(shape, call.Int("storage_order", 0) == 0 ? numbers : ColumnMajor(numbers, x.Shape))];
    }

    private static bool CanUseKernel(SlidingWindow window) => window.IsEven && window.Dilations[0] == 1
        && window.Before.Concat(window.After).Distinct().Count() == 1
        && Enumerable.Range(0, 2).All(axis =>
            (window.Output[axis] - 1) * window.Strides[axis] + window.Kernel[axis] <= window.Input[axis] + 2 * window.Before[axis]);

    private static OnnxArray OnKernels(OnnxEngine engine, OnnxArray x, SlidingWindow window)
    {
        int[] shape = [.. x.Shape[..2], .. window.Output];
        var terms = new Tensors.Devices.Window(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], x.Shape[1], window.Output[0],
            window.Output[1],
            window.Kernel[0], window.Kernel[1], window.Strides[0], window.Before[0], 1, 1);
        engine.Begin();
        var y = engine.Out(Extents.Count(shape));
        engine.Kernels.MaxPool2d(terms, engine.In(x), y.Storage, default);
        return new OnnxArray<float>(x.Type, shape, engine.Read(y));
    }

    /// <summary>Row-major places as places in column-major order of the spatial axes.</summary>
    private static long[] ColumnMajor(long[] places, int[] shape)
    {
        var spatial = shape[2..];
        var (strides, cells) = (Extents.Strides(spatial), Extents.Count(spatial));
        return Array.ConvertAll(places, place =>
        {
            long turned = 0, stride = 1;
            for (var axis = 0; axis < spatial.Length; axis++)
            {
                turned += place % cells / strides[axis] % spatial[axis] * stride;
                stride *= spatial[axis];
            }
            return place / cells * cells + turned;
        });
    }

    private static OnnxArray Unpool(OperatorCall call)
    {
        var (x, places) = (call.Array(0), call.Array(1).Longs());
        var kernel = Extents.Of(call.Ints("kernel_shape")!);
        var strides = SlidingWindow.Constants(call, "strides", kernel.Length, 1);
        var pads = call.Ints("pads") ?? new long[2 * kernel.Length];
        int[] shape = [.. x.Shape[..2], .. kernel.Select((extent, axis) =>
            (x.Shape[axis + 2] - 1) * strides[axis] + extent - (int)(pads[axis] + pads[axis + kernel.Length]))];
        var pooled = Extents.Count(shape);
        var result = x.Filled(call.Optional(2) is { } wanted ? Extents.Of(wanted.Longs()) : shape);
        // the places count in the shape that was pooled; a larger output keeps the coordinates
        var (from, to) = (Extents.Strides(shape), Extents.Strides(result.Shape));
        for (var i = 0; i < places.Length; i++)
        {
            var at = 0;
            for (var axis = 0; axis < shape.Length; axis++)
                at += SelectionOperators.Index(places[i], pooled) / from[axis] % shape[axis] * to[axis];
            result.Put(at, x, i, 1);
        }
        return result;
    }

    private readonly struct Maxima(SlidingWindow window) : INumberWork<int[]>
    {
        public int[] Run<T>(OnnxArray<T> x) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var (places, taps) = (window.Places(), window.Taps);
            var (cells, spots) = (Extents.Count(window.Input), Extents.Count(window.Output));
            var best = new int[x.Shape[0] * x.Shape[1] * spots];
            for (var at = 0; at < best.Length; at++)
            {
                best[at] = -1;
                foreach (var place in places.AsSpan(at % spots * taps, taps))
                {
                    var candidate = at / spots * cells + place;
                    if (place >= 0 && (best[at] < 0 || x.Data[candidate] > x.Data[best[at]])) best[at] = candidate;
                }
            }
            return best;
        }
    }
}
