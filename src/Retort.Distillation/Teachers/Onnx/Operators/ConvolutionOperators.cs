using System.Numerics;
using Retort.Tensors.Devices;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Convolutions.</summary>
internal static class ConvolutionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Conv"] = call => [Convolve(call, call.Array(0), call.Array(1), call.Optional(2))],
    };

    /// <param name="call">Its window and groups.</param>
    /// <param name="x">[N, C, …]</param>
    /// <param name="weight">[O, C/groups, …]</param>
    /// <param name="bias">[O], or null.</param>
    /// <returns>[N, O, …]</returns>
    public static OnnxArray Convolve(OperatorCall call, OnnxArray x, OnnxArray weight, OnnxArray? bias)
    {
        var groups = checked((int)call.Int("group", 1));
        if (x.Rank < 3 || weight.Rank != x.Rank || groups < 1 || x.Shape[1] != weight.Shape[1] * groups || weight.Shape[0] % groups != 0)
            throw call.Refuse($"{Extents.Text(x.Shape)} with weights {Extents.Text(weight.Shape)} in {groups} groups",
                "[N, C, …] and [O, C/groups, …].");
        var window = new SlidingWindow(call, x.Shape[2..], weight.Shape[2..]);
        if (x is OnnxArray<float> && weight is OnnxArray<float> && (x.Rank == 3 || (x.Rank == 4 && window.IsEven)))
            return OnKernels(call.Engine, window, x, weight, bias, groups);
        var y = Numbers.Visit<Convolving, OnnxArray>(x, new Convolving(weight, window, groups));
        return bias is null ? y
            : Elementwise.Combine<Addition>(y, bias.Reshaped([bias.Count, .. Enumerable.Repeat(1, x.Rank - 2)]));
    }

    /// <summary>A line is an image of height 1. The kernels pad all sides alike, so other padding is written out.</summary>
    private static OnnxArray OnKernels(OnnxEngine engine, SlidingWindow window, OnnxArray x, OnnxArray weight, OnnxArray? bias, int groups)
    {
        var isLine = x.Rank == 3;
        var padding = window.Before[0];
        if (isLine || window.Before.Concat(window.After).Any(pad => pad != padding))
        {
            x = Padded(x, window.Before, window.After);
            padding = 0;
        }
        var (height, width) = isLine ? (1, x.Shape[2]) : (x.Shape[2], x.Shape[3]);
        var (kernelHeight, kernelWidth) = isLine ? (1, window.Kernel[0]) : (window.Kernel[0], window.Kernel[1]);
        var (outputHeight, outputWidth) = isLine ? (1, window.Output[0]) : (window.Output[0], window.Output[1]);
        int[] shape = [x.Shape[0], weight.Shape[0], .. window.Output];
        var terms = new Window(x.Shape[0], x.Shape[1], height, width, weight.Shape[0], outputHeight, outputWidth, kernelHeight, kernelWidth,
            window.Strides[0], padding, window.Dilations[0], groups);
        engine.Begin();
        var y = engine.Out(Extents.Count(shape));
        engine.Kernels.Conv2d(terms, engine.In(x), engine.In(weight), bias is null ? default : engine.In(bias), y.Storage);
        return new OnnxArray<float>(x.Type, shape, engine.Read(y));
    }

    /// <summary>Zeros around the spatial axes of [N, C, …].</summary>
    public static OnnxArray Padded(OnnxArray x, int[] before, int[] after)
    {
        if (before.All(pad => pad == 0) && after.All(pad => pad == 0)) return x;
        int[] shape = [.. x.Shape[..2], .. x.Shape[2..].Select((extent, axis) => extent + before[axis] + after[axis])];
        var padded = x.Filled(shape);
        var (strides, own) = (Extents.Strides(shape), Extents.Strides(x.Shape));
        var length = x.Shape[^1];
        for (var from = 0; from < x.Count; from += length)
        {
            var at = before[^1];
            for (var axis = 0; axis < x.Rank - 1; axis++)
                at += (from / own[axis] % x.Shape[axis] + (axis < 2 ? 0 : before[axis - 2])) * strides[axis];
            padded.Put(at, x, from, length);
        }
        return padded;
    }

    private readonly struct Convolving(OnnxArray weight, SlidingWindow window, int groups) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> x) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var (data, weights, places, taps) = (x.Data, weight.As<T>().Data, window.Places(), window.Taps);
            var (channels, outputs, each) = (weight.Shape[1], weight.Shape[0], weight.Shape[0] / groups);
            var (cells, spots) = (Extents.Count(window.Input), Extents.Count(window.Output));
            int[] shape = [x.Shape[0], outputs, .. window.Output];
            var y = new T[Extents.Count(shape)];
            for (var plane = 0; plane < x.Shape[0] * outputs; plane++)
            {
                var (image, output) = (plane / outputs, plane % outputs);
                var first = image * x.Shape[1] + output / each * channels;
                for (var spot = 0; spot < spots; spot++)
                {
                    var sum = T.Zero;
                    for (var channel = 0; channel < channels; channel++)
                        for (var tap = 0; tap < taps; tap++)
                            if (places[spot * taps + tap] is >= 0 and var place)
                                sum += data[(first + channel) * cells + place] * weights[(output * channels + channel) * taps + tap];
                    y[plane * spots + spot] = sum;
                }
            }
            return new OnnxArray<T>(x.Type, shape, y);
        }
    }
}
