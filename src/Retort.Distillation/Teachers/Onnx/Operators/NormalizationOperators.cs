using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Arrays brought to a mean and a spread.</summary>
internal static class NormalizationOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["BatchNormalization"] = BatchNorm,
        ["InstanceNormalization"] = call => [Grouped(call, call.Array(0).Shape[1], true)],
        ["GroupNormalization"] = call => [Grouped(call, (int)call.Int("num_groups", 1), call.Opset >= 21)],
        ["LayerNormalization"] = LayerNorm,
        ["RMSNormalization"] = call => [RootMeanSquare(call)],
        ["LpNormalization"] = call => [Length(call)],
        ["MeanVarianceNormalization"] = call => [MeanVariance(call)],
        ["LRN"] = call => [LocalResponse(call)],
    };

    private static OnnxArray As(OnnxArray like, int[] shape, double[] values) =>
        CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, values), like.Type);

    private static OnnxValue?[] BatchNorm(OperatorCall call)
    {
        var x = call.Array(0);
        var (scale, bias, mean, variance) = (call.Array(1).Doubles(), call.Array(2).Doubles(), call.Array(3).Doubles(),
            call.Array(4).Doubles());
        var channels = x.Rank > 1 ? x.Shape[1] : 1;
        var space = x.Rank > 2 ? Extents.Product(x.Shape, 2, x.Rank) : 1;
        var trains = call.Int("training_mode", 0) == 1;
        var (usedMean, usedVariance) = trains ? Statistics(x.Doubles(), channels, space) : (mean, variance);
        var (factor, offset) = (new double[channels], new double[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            factor[channel] = scale[channel] / Math.Sqrt(usedVariance[channel] + call.Float("epsilon", 1e-5f));
            offset[channel] = bias[channel] - usedMean[channel] * factor[channel];
        }
        OnnxArray y;
        if (x is OnnxArray<float> floats)
        {
            var result = new float[x.Count];
            for (var plane = 0; plane < result.Length / Math.Max(space, 1); plane++)
            {
                var (by, plus) = ((float)factor[plane % channels], (float)offset[plane % channels]);
                for (var i = plane * space; i < (plane + 1) * space; i++) result[i] = floats.Data[i] * by + plus;
            }
            y = new OnnxArray<float>(x.Type, x.Shape, result);
        }
        else
        {
            y = As(x, x.Shape, [.. x.Doubles().Select((value, i) => value * factor[i / space % channels] + offset[i / space % channels])]);
        }
        if (!trains) return [y];
        var keep = call.Float("momentum", 0.9f);
        return [y, As(call.Array(3), [channels], [.. mean.Select((old, i) => old * keep + usedMean[i] * (1 - keep))]),
            As(call.Array(4), [channels], [.. variance.Select((old, i) => old * keep + usedVariance[i] * (1 - keep))])];
    }

    private static (double[] Mean, double[] Variance) Statistics(double[] x, int channels, int space)
    {
        var (mean, variance) = (new double[channels], new double[channels]);
        var each = x.Length / channels;
        for (var i = 0; i < x.Length; i++) mean[i / space % channels] += x[i] / each;
        for (var i = 0; i < x.Length; i++)
        {
            var distance = x[i] - mean[i / space % channels];
            variance[i / space % channels] += distance * distance / each;
        }
        return (mean, variance);
    }

    /// <summary>Each group of channels of each image by itself; scale and bias are one a channel, or before opset 21 one a group.</summary>
    private static OnnxArray Grouped(OperatorCall call, int groups, bool byChannel)
    {
        var x = call.Array(0);
        var (scale, bias) = (call.Array(1).Doubles(), call.Array(2).Doubles());
        var (channels, space) = (x.Shape[1], Extents.Product(x.Shape, 2, x.Rank));
        var y = x.Doubles().ToArray();
        var length = channels / groups * space;
        for (var row = 0; row < y.Length / Math.Max(length, 1); row++) Standardise(y.AsSpan(row * length, length), call.Float("epsilon", 1e-5f));
        for (var i = 0; i < y.Length; i++)
        {
            var channel = i / space % channels;
            var at = byChannel ? channel : channel / (channels / groups);
            y[i] = y[i] * scale[at] + bias[at];
        }
        return As(x, x.Shape, y);
    }

    private static (double Mean, double InverseDeviation) Standardise(Span<double> row, double epsilon)
    {
        double mean = 0, variance = 0;
        foreach (var value in row) mean += value / row.Length;
        foreach (var value in row) variance += (value - mean) * (value - mean) / row.Length;
        var inverse = 1 / Math.Sqrt(variance + epsilon);
        foreach (ref var value in row) value = (value - mean) * inverse;
        return (mean, inverse);
    }

    private static OnnxValue?[] LayerNorm(OperatorCall call)
    {
        var (x, scale, bias) = (call.Array(0), call.Array(1), call.Optional(2));
        var axis = Extents.Axis(call.Int("axis", -1), x.Rank);
        var length = Extents.Product(x.Shape, axis, x.Rank);
        var epsilon = call.Float("epsilon", 1e-5f);
        var rows = length == 0 ? 0 : x.Count / length;
        int[] each = [.. x.Shape[..axis], .. Enumerable.Repeat(1, x.Rank - axis)];
        if (x is OnnxArray<float> && scale.Count == length && length > 0 && (bias is null || bias.Count == length))
        {
            var (normed, mean, deviation) = LayerRows(call.Engine, x, scale, bias, (rows, length), epsilon);
            return [normed, OnnxArray.Of(each, mean), OnnxArray.Of(each, deviation)];
        }
        var y = x.Doubles().ToArray();
        var (means, deviations) = (new double[rows], new double[rows]);
        for (var row = 0; row < rows; row++) (means[row], deviations[row]) = Standardise(y.AsSpan(row * length, length), epsilon);
        var normal = As(x, x.Shape, y);
        var scaled = Elementwise.Combine<Multiplication>(normal, CastOperators.Cast(scale, x.Type));
        return [bias is null ? scaled : Elementwise.Combine<Addition>(scaled, CastOperators.Cast(bias, x.Type)),
            CastOperators.Cast(As(x, each, means), OnnxType.Float), CastOperators.Cast(As(x, each, deviations), OnnxType.Float)];
    }

    /// <summary>Layer norm of rows of 32-bit floats on the kernels; bias may be null.</summary>
    public static (OnnxArray Y, float[] Mean, float[] Deviation) LayerRows(OnnxEngine engine, OnnxArray x, OnnxArray scale, OnnxArray? bias,
        (int Rows, int Length) size, float epsilon)
    {
        bias ??= new OnnxArray<float>(OnnxType.Float, [size.Length], new float[size.Length]);
        engine.Begin();
        var (y, mean, deviation) = (engine.Out(x.Count), engine.Out(size.Rows), engine.Out(size.Rows));
        engine.Kernels.LayerNorm(engine.In(x), size.Rows, size.Length, engine.In(scale), engine.In(bias), epsilon, y.Storage,
            mean.Storage, deviation.Storage);
        return (new OnnxArray<float>(x.Type, x.Shape, engine.Read(y)), engine.Read(mean), engine.Read(deviation));
    }

    private static OnnxArray RootMeanSquare(OperatorCall call)
    {
        var x = call.Array(0);
        var axis = Extents.Axis(call.Int("axis", -1), x.Rank);
        var length = Extents.Product(x.Shape, axis, x.Rank);
        var y = x.Doubles().ToArray();
        for (var start = 0; start < y.Length; start += length)
        {
            var row = y.AsSpan(start, length);
            var squares = 0.0;
            foreach (var value in row) squares += value * value / length;
            var inverse = 1 / Math.Sqrt(squares + call.Float("epsilon", 1e-5f));
            foreach (ref var value in row) value *= inverse;
        }
        return Elementwise.Combine<Multiplication>(As(x, x.Shape, y), CastOperators.Cast(call.Array(1), x.Type));
    }

    private static OnnxArray Length(OperatorCall call)
    {
        var rows = Reduced.Along(call.Array(0), call.Int("axis", -1));
        var y = rows.Rows.Doubles().ToArray();
        for (var row = 0; row < rows.Outer; row++)
        {
            var values = y.AsSpan(row * rows.Length, rows.Length);
            var norm = 0.0;
            foreach (var value in values) norm += call.Int("p", 2) == 1 ? Math.Abs(value) : value * value;
            if (call.Int("p", 2) != 1) norm = Math.Sqrt(norm);
            foreach (ref var value in values) value = norm == 0 ? 0 : value / norm;
        }
        return rows.Back(As(call.Array(0), rows.Rows.Shape, y));
    }

    private static OnnxArray MeanVariance(OperatorCall call)
    {
        var x = call.Array(0);
        var rows = new Reduced(x, [.. Extents.Axes(call.Ints("axes") ?? [0, 2, 3], x.Rank).Order()]);
        var y = rows.Rows.Doubles().ToArray();
        for (var row = 0; row < rows.Outer; row++) Standardise(y.AsSpan(row * rows.Length, rows.Length), 1e-9);
        return rows.Back(As(x, rows.Rows.Shape, y));
    }

    /// <summary>Each number divided by a power of the squares around it, across channels (Krizhevsky et al. 2012).</summary>
    private static OnnxArray LocalResponse(OperatorCall call)
    {
        var x = call.Array(0);
        var (data, size) = (x.Doubles(), (int)call.Int("size", 1));
        var (channels, space) = (x.Shape[1], Extents.Product(x.Shape, 2, x.Rank));
        var y = new double[x.Count];
        for (var i = 0; i < y.Length; i++)
        {
            var channel = i / space % channels;
            var squares = 0.0;
            for (var other = Math.Max(0, channel - (size - 1) / 2); other <= Math.Min(channels - 1, channel + size / 2); other++)
                squares += Math.Pow(data[i + (other - channel) * space], 2);
            y[i] = data[i] / Math.Pow(call.Float("bias", 1) + call.Float("alpha", 1e-4f) / size * squares, call.Float("beta", 0.75f));
        }
        return As(x, x.Shape, y);
    }
}
