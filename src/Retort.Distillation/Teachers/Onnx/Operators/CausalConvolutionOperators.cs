using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Depthwise convolution along time that sees the past only, and hands on what the next call needs of it.</summary>
internal static class CausalConvolutionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["CausalConvWithState"] = Convolved,
    };

    /// <summary>[N, C, L] with one kernel a channel, [C, 1, K]; the state is the last K − 1 steps.</summary>
    private static OnnxValue?[] Convolved(OperatorCall call)
    {
        var (x, weight, bias) = (call.Array(0), call.Array(1), call.Optional(2)?.Doubles());
        var (channels, length, kernel) = (x.Shape[1], x.Shape[2], weight.Shape[2]);
        var past = call.Optional(3) ?? x.Filled([x.Shape[0], channels, kernel - 1]);
        var steps = ShapeOperators.Concat([past, x], 2);
        var (data, weights) = (steps.Doubles(), weight.Doubles());
        var y = new double[x.Count];
        for (var i = 0; i < y.Length; i++)
        {
            var (row, channel) = (i / length, i / length % channels);
            y[i] = bias?[channel] ?? 0;
            var first = row * (length + kernel - 1) + i % length;
            for (var tap = 0; tap < kernel; tap++) y[i] += weights[channel * kernel + tap] * data[first + tap];
        }
        var output = CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, x.Shape, y), x.Type);
        if (call.Text("activation", "none") is "silu" or "swish")
            output = CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, x.Shape,
                Array.ConvertAll(output.Doubles(), value => value / (1 + Math.Exp(-value)))), x.Type);
        return [output, ShapeOperators.Part(steps, 2, length, kernel - 1)];
    }
}
