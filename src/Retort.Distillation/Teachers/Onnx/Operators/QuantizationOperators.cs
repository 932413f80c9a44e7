using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Numbers as whole numbers (or narrow floats) times a scale.</summary>
internal static class QuantizationOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["QuantizeLinear"] = call => [Quantize(call)],
        ["DequantizeLinear"] = call => [Dequantize(call)],
        ["DynamicQuantizeLinear"] = Dynamic,
        ["MatMulInteger"] = call => [Product(call, call.Array(0), call.Optional(2), call.Array(1), call.Optional(3), OnnxType.Int32)],
        ["QLinearMatMul"] = call => [Requantized(call,
            Product(call, call.Array(0), call.Array(2), call.Array(3), call.Array(5), OnnxType.Double), call.Array(1), call.Array(4))],
        ["ConvInteger"] = call => [Convolution(call, call.Array(0), call.Optional(2), call.Array(1), call.Optional(3))],
        ["QLinearConv"] = call => [Requantized(call, QLinearConvolution(call), call.Array(1), call.Array(4))],
    };

    /// <summary>Rounds to the type of whole numbers, ties to even, and saturates.</summary>
    /// <param name="values">Scaled and shifted.</param>
    /// <param name="type">Of whole numbers, or a narrow float.</param>
    /// <param name="shape">Of the result.</param>
    /// <param name="saturate">For narrow floats.</param>
    private static OnnxArray Rounded(double[] values, OnnxType type, int[] shape, bool saturate = true)
    {
        if (NarrowFloats.IsNarrow(type))
            return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, values), type, saturate);
        var (least, most) = type switch
        {
            OnnxType.Int8 => (-128, 127),
            OnnxType.Int16 => (short.MinValue, short.MaxValue),
            OnnxType.UInt16 => (0, ushort.MaxValue),
            OnnxType.Int4 => (-8, 7),
            OnnxType.UInt4 => (0, 15),
            OnnxType.Int2 => (-2, 1),
            OnnxType.UInt2 => (0, 3),
            _ => (0, 255),
        };
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape,
            Array.ConvertAll(values, value => Math.Clamp(value, least, most))), type);
    }

    /// <summary>A scale or zero point for each element of an array: one in all, one an index of an axis, or one a block along it.</summary>
    private static Func<int, int> Places(OperatorCall call, OnnxArray x, OnnxArray scale)
    {
        if (scale.Count == 1) return _ => 0;
        var axis = Extents.Axis(call.Int("axis", 1), x.Rank);
        var strides = Extents.Strides(x.Shape);
        if (scale.Rank == 1) return i => i / strides[axis] % x.Shape[axis];
        var block = (int)call.Int("block_size", 0);
        if (block < 1) throw call.Refuse($"scales {Extents.Text(scale.Shape)} for {Extents.Text(x.Shape)} with blocks of {block}");
        var own = Extents.Strides(scale.Shape);
        return i =>
        {
            var place = 0;
            for (var a = 0; a < strides.Length; a++) place += i / strides[a] % x.Shape[a] / (a == axis ? block : 1) * own[a];
            return place;
        };
    }

    private static OnnxArray Quantize(OperatorCall call)
    {
        var (x, scale, zero) = (call.Array(0), call.Array(1), call.Optional(2));
        var type = zero?.Type ?? (OnnxType)call.Int("output_dtype", (long)OnnxType.UInt8);
        if (type == OnnxType.Undefined) type = OnnxType.UInt8;
        var (data, scales, zeros, places) = (x.Doubles(), scale.Doubles(), zero?.Doubles(), Places(call, x, scale));
        var narrow = NarrowFloats.IsNarrow(type);
        var values = new double[data.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // the division is one of 32-bit floats, whose rounding decides ties
            var quotient = x.Type == OnnxType.Double ? data[i] / scales[places(i)] : (float)data[i] / (float)scales[places(i)];
            values[i] = (narrow ? quotient : Math.Round(quotient, MidpointRounding.ToEven)) + (zeros is null ? 0 : zeros[places(i)]);
        }
        return Rounded(values, type, x.Shape, call.Int("saturate", 1) == 1);
    }

    private static OnnxArray Dequantize(OperatorCall call)
    {
        var (x, scale, zero) = (call.Array(0), call.Array(1), call.Optional(2));
        var type = (OnnxType)call.Int("output_dtype", 0);
        var (data, scales, zeros, places) = (x.Doubles(), scale.Doubles(), zero?.Doubles(), Places(call, x, scale));
        var values = new double[data.Length];
        for (var i = 0; i < values.Length; i++) values[i] = (data[i] - (zeros is null ? 0 : zeros[places(i)])) * scales[places(i)];
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, x.Shape, values), type == OnnxType.Undefined ? scale.Type : type);
    }

    /// <summary>uint8 with a scale that covers 0 and all numbers.</summary>
    private static OnnxValue?[] Dynamic(OperatorCall call)
    {
        var x = call.Array(0).Floats();
        float least = 0, most = 0;
        foreach (var value in x) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        var scale = (most - least) / 255;
        var zero = scale == 0 ? 0 : Math.Clamp(MathF.Round(-least / scale, MidpointRounding.ToEven), 0, 255);
        var values = Array.ConvertAll(x, value => scale == 0 ? 0 : Math.Round(value / scale, MidpointRounding.ToEven) + (double)zero);
        return [Rounded(values, OnnxType.UInt8, call.Array(0).Shape), OnnxArray.Of([], [scale]),
            new OnnxArray<byte>(OnnxType.UInt8, [], [(byte)zero])];
    }

    private static OnnxArray Product(OperatorCall call, OnnxArray a, OnnxArray? aZero, OnnxArray b, OnnxArray? bZero, OnnxType type) =>
        ProductOperators.MatMul(call.Engine, Centred(a, aZero, a.Rank - 2, type), Centred(b, bZero, b.Rank - 1, type));

    /// <summary>Zero point taken away, as a wider type. A vector of zero points goes along an axis.</summary>
    private static OnnxArray Centred(OnnxArray x, OnnxArray? zero, int axis, OnnxType type)
    {
        var wide = CastOperators.Cast(x, type);
        if (zero is null) return wide;
        var points = CastOperators.Cast(zero, type);
        if (zero.Rank == 1 && zero.Count > 1) points = points.Reshaped([zero.Count, .. Enumerable.Repeat(1, x.Rank - 1 - axis)]);
        return Elementwise.Combine<Subtraction>(wide, zero.Count == 1 ? points.Reshaped() : points);
    }

    private static OnnxArray Convolution(OperatorCall call, OnnxArray x, OnnxArray? xZero, OnnxArray weight, OnnxArray? weightZero)
    {
        // products of bytes summed in float are exact below 2²⁴
        var type = (long)weight.Shape[1] * Extents.Product(weight.Shape, 2, weight.Rank) * 255 * 255 < 1 << 24 ? OnnxType.Float
            : OnnxType.Int32;
        var y = ConvolutionOperators.Convolve(call, Centred(x, xZero, 0, type), Centred(weight, weightZero, 0, type), null);
        return CastOperators.Cast(y, OnnxType.Int32);
    }

    private static OnnxArray QLinearConvolution(OperatorCall call)
    {
        var y = CastOperators.Cast(Convolution(call, call.Array(0), call.Array(2), call.Array(3), call.Array(5)), OnnxType.Double);
        return call.Optional(8) is not { } bias ? y : Elementwise.Combine<Addition>(y,
            CastOperators.Cast(bias, OnnxType.Double).Reshaped([bias.Count, .. Enumerable.Repeat(1, y.Rank - 2)]));
    }

    /// <summary>Sums of products by their scales, as numbers of the output's scale and zero point.</summary>
    private static OnnxArray Requantized(OperatorCall call, OnnxArray sums, OnnxArray x, OnnxArray y)
    {
        var (scales, others, target, zero) = (x.Doubles(), y.Doubles(), call.Array(6).Double(), call.Array(7));
        var isConvolution = call.Node.Operator == "QLinearConv";
        var inner = isConvolution ? Extents.Product(sums.Shape, 2, sums.Rank) : 1;
        var columns = isConvolution ? sums.Shape[1] : sums.Shape[^1];
        var values = sums.Doubles().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var column = i / inner % columns;
            var row = isConvolution ? 0 : i / columns % sums.Shape[^2];
            var factor = scales[scales.Length == 1 ? 0 : row] * others[others.Length == 1 ? 0 : column] / target;
            values[i] = Math.Round(values[i] * factor, MidpointRounding.ToEven) + zero.Double();
        }
        return Rounded(values, zero.Type, sums.Shape);
    }
}
