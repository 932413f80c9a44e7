using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Convolutions that spread each input over a window of outputs.</summary>
internal static class TransposedConvolutionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["ConvTranspose"] = call => [Spread(call)],
    };

    private static OnnxArray Spread(OperatorCall call)
    {
        var (x, weight, bias) = (call.Array(0), call.Array(1), call.Optional(2));
        var (rank, groups) = (x.Rank - 2, (int)call.Int("group", 1));
        if (rank < 1 || weight.Rank != x.Rank || weight.Shape[0] != x.Shape[1] || groups < 1 || x.Shape[1] % groups != 0)
            throw call.Refuse($"{Extents.Text(x.Shape)} with weights {Extents.Text(weight.Shape)} in {groups} groups",
                "[N, C, …] and [C, O/groups, …].");
        var strides = SlidingWindow.Constants(call, "strides", rank, 1);
        var dilations = SlidingWindow.Constants(call, "dilations", rank, 1);
        var more = SlidingWindow.Constants(call, "output_padding", rank, 0);
        var wanted = call.Ints("output_shape");
        var (automatic, pads) = (call.Text("auto_pad", "NOTSET"), call.Ints("pads") ?? new long[2 * rank]);
        var (before, output) = (new int[rank], new int[rank]);
        for (var axis = 0; axis < rank; axis++)
        {
            var full = checked(strides[axis] * (x.Shape[axis + 2] - 1) + more[axis] + (weight.Shape[axis + 2] - 1) * dilations[axis] + 1);
            if (wanted is null && !automatic.StartsWith("SAME", StringComparison.Ordinal))
            {
                before[axis] = (int)pads[axis];
                output[axis] = full - (int)(pads[axis] + pads[axis + rank]);
                continue;
            }
            output[axis] = wanted is null ? x.Shape[axis + 2] * strides[axis] : (int)wanted[^(rank - axis)];
            var cut = Math.Max(0, full - output[axis]);
            before[axis] = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
        }
        var y = Numbers.Visit<Spreading, OnnxArray>(x, new Spreading(weight, groups, strides, dilations, before, output));
        return bias is null ? y : Elementwise.Combine<Addition>(y, bias.Reshaped([bias.Count, .. Enumerable.Repeat(1, rank)]));
    }

    private readonly struct Spreading(OnnxArray weight, int groups, int[] strides, int[] dilations, int[] before, int[] output)
        : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> x) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var (weights, channels, each) = (weight.As<T>().Data, x.Shape[1], weight.Shape[1]);
            var places = Places(x.Shape[2..], weight.Shape[2..]);
            var (cells, taps, spots) = (Extents.Product(x.Shape, 2, x.Rank), Extents.Product(weight.Shape, 2, x.Rank),
                Extents.Count(output));
            int[] shape = [x.Shape[0], each * groups, .. output];
            var y = new T[Extents.Count(shape)];
            for (var plane = 0; plane < x.Shape[0] * channels; plane++)
            {
                var (image, channel) = (plane / channels, plane % channels);
                var first = image * each * groups + channel / (channels / groups) * each;
                for (var target = 0; target < each; target++)
                {
                    var (to, from) = ((first + target) * spots, (channel * each + target) * taps);
                    for (var i = 0; i < places.Length; i++)
                        if (places[i] >= 0) y[to + places[i]] += x.Data[plane * cells + i / taps] * weights[from + i % taps];
                }
            }
            return new OnnxArray<T>(x.Type, shape, y);
        }

        /// <summary>[inputs, taps]: where each lands; −1 = in what is cut off.</summary>
        private int[] Places(int[] input, int[] kernel)
        {
            var (cells, taps) = (Extents.Count(input), Extents.Count(kernel));
            var (own, tapStrides, target) = (Extents.Strides(input), Extents.Strides(kernel), Extents.Strides(output));
            var places = new int[Extents.Count([cells, taps])];
            for (var i = 0; i < places.Length; i++)
                for (var axis = 0; axis < input.Length && places[i] >= 0; axis++)
                {
                    var at = i / taps / own[axis] % input[axis] * strides[axis]
                        + i % taps / tapStrides[axis] % kernel[axis] * dilations[axis] - before[axis];
                    places[i] = at < 0 || at >= output[axis] ? -1 : places[i] + at * target[axis];
                }
            return places;
        }
    }
}
