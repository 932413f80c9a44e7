namespace Retort.Teachers.Onnx.Operators;

/// <summary>Convolutions whose taps lie between pixels, where offsets put them (Dai et al. 2017; masks: Zhu et al. 2019).</summary>
internal static class DeformableConvolutionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["DeformConv"] = call => [Convolve(call)],
    };

    private static OnnxArray Convolve(OperatorCall call)
    {
        var (x, weight, bias) = (call.Array(0), call.Array(1), call.Optional(3)?.Doubles());
        if (x.Rank != 4 || weight.Rank != 4) throw call.Refuse($"{Extents.Text(x.Shape)} with weights {Extents.Text(weight.Shape)}", "images.");
        var window = new SlidingWindow(call, x.Shape[2..], weight.Shape[2..]);
        var (groups, offsetGroups) = ((int)call.Int("group", 1), (int)call.Int("offset_group", 1));
        var samples = Samples(call, x, window, offsetGroups);
        var (weights, taps, spots) = (weight.Doubles(), window.Taps, Extents.Count(window.Output));
        var (outputs, each, channels) = (weight.Shape[0], weight.Shape[0] / groups, weight.Shape[1]);
        int[] shape = [x.Shape[0], outputs, .. window.Output];
        var y = new double[Extents.Count(shape)];
        for (var i = 0; i < y.Length; i++)
        {
            var (spot, output, image) = (i % spots, i / spots % outputs, i / spots / outputs);
            var sum = bias is null ? 0 : bias[output];
            for (var channel = 0; channel < channels; channel++)
                for (var tap = 0; tap < taps; tap++)
                    sum += weights[(output * channels + channel) * taps + tap]
                        * samples[((image * x.Shape[1] + output / each * channels + channel) * spots + spot) * taps + tap];
            y[i] = sum;
        }
        return CastOperators.Cast(new OnnxArray<double>(Formats.Onnx.OnnxType.Double, shape, y), x.Type);
    }

    /// <summary>[N, C, outputs, taps]: the image under each tap, times its mask.</summary>
    private static double[] Samples(OperatorCall call, OnnxArray x, SlidingWindow window, int offsetGroups)
    {
        var (data, offsets, masks) = (x.Doubles(), call.Array(2).Doubles(), call.Optional(4)?.Doubles());
        var (taps, spots, channels) = (window.Taps, Extents.Count(window.Output), x.Shape[1]);
        var (height, width, kernelWidth, outputWidth) = (x.Shape[2], x.Shape[3], window.Kernel[1], window.Output[1]);
        var samples = new double[Extents.Count([x.Shape[0], channels, spots, taps])];
        for (var i = 0; i < samples.Length; i++)
        {
            var (tap, spot, plane) = (i % taps, i / taps % spots, i / taps / spots);
            var group = plane / channels * offsetGroups + plane % channels / (channels / offsetGroups);
            var at = (group * taps + tap) * 2 * spots + spot;
            var row = spot / outputWidth * window.Strides[0] - window.Before[0] + tap / kernelWidth * window.Dilations[0] + offsets[at];
            var column = spot % outputWidth * window.Strides[1] - window.Before[1] + tap % kernelWidth * window.Dilations[1]
                + offsets[at + spots];
            samples[i] = Between(data.AsSpan(plane * height * width, height * width), height, width, row, column)
                * (masks is null ? 1 : masks[(group * taps + tap) * spots + spot]);
        }
        return samples;
    }

    /// <summary>Bilinear, zeros outside.</summary>
    private static double Between(ReadOnlySpan<double> image, int height, int width, double row, double column)
    {
        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var sum = 0.0;
        for (var corner = 0; corner < 4; corner++)
        {
            var (r, c) = (top + corner / 2, left + corner % 2);
            if (r >= 0 && r < height && c >= 0 && c < width)
                sum += image[r * width + c] * (1 - Math.Abs(row - r)) * (1 - Math.Abs(column - c));
        }
        return sum;
    }
}
