using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Work on the bits of whole numbers.</summary>
internal static class BitOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["BitwiseAnd"] = call => [Pairs(call, (x, y) => x & y)],
        ["BitwiseOr"] = call => [Pairs(call, (x, y) => x | y)],
        ["BitwiseXor"] = call => [Pairs(call, (x, y) => x ^ y)],
        ["BitwiseNot"] = call => [Back(OnnxArray.Of(call.Array(0).Shape, Array.ConvertAll(call.Array(0).Longs(), value => ~value)), call)],
        ["BitShift"] = call => [Pairs(call, call.Text("direction", "LEFT") == "LEFT" ? Left : Right)],
        ["BitCast"] = call => [Reinterpreted(call.Array(0), (OnnxType)call.Int("to", 1))],
    };

    private static long Left(long x, long places) => places is < 0 or > 63 ? 0 : x << (int)places;

    private static long Right(long x, long places) => places is < 0 or > 63 ? 0 : (long)((ulong)x >> (int)places);

    private static OnnxArray Pairs(OperatorCall call, Func<long, long, long> rule) =>
        Back(Elementwise.Pairs(Whole(call.Array(0)), Whole(call.Array(1)), OnnxType.Int64, rule), call);

    private static OnnxArray<long> Whole(OnnxArray x) => OnnxArray.Of(x.Shape, x.Longs());

    private static OnnxArray Back(OnnxArray y, OperatorCall call) => CastOperators.Cast(y, call.Array(0).Type);

    private static OnnxArray Reinterpreted(OnnxArray x, OnnxType type)
    {
        if (x.Type == OnnxType.Bool || type == OnnxType.Bool)
            return CastOperators.Cast(x, type); // truth values are bytes of 0 and 1
        return type switch
        {
            OnnxType.Float => new OnnxArray<float>(type, x.Shape,
                Array.ConvertAll(Bits(x, 4), bits => BitConverter.UInt32BitsToSingle((uint)bits))),
            OnnxType.Double => new OnnxArray<double>(type, x.Shape, Array.ConvertAll(Bits(x, 8), BitConverter.UInt64BitsToDouble)),
            OnnxType.Float16 => new OnnxArray<float>(type, x.Shape,
                Array.ConvertAll(Bits(x, 2), bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits))),
            OnnxType.BFloat16 => new OnnxArray<float>(type, x.Shape,
                Array.ConvertAll(Bits(x, 2), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16))),
            _ => CastOperators.Cast(new OnnxArray<ulong>(OnnxType.UInt64, x.Shape, Bits(x, Width(type))), type),
        };
    }

    private static ulong[] Bits(OnnxArray x, int width)
    {
        if (Width(x.Type) != width) throw new RetortException("BitCast", $"{x.Type} has {Width(x.Type)} bytes an element.", $"{width}.");
        return x switch
        {
            OnnxArray<double> doubles => Array.ConvertAll(doubles.Data, BitConverter.DoubleToUInt64Bits),
            OnnxArray<float> floats => Array.ConvertAll(floats.Data, value => x.Type switch
            {
                OnnxType.Float16 => BitConverter.HalfToUInt16Bits((Half)value),
                OnnxType.BFloat16 => BitConverter.SingleToUInt32Bits(value) >> 16,
                _ => (ulong)BitConverter.SingleToUInt32Bits(value),
            }),
            _ => Array.ConvertAll(x.Longs(), value => (ulong)value & (ulong.MaxValue >> (64 - 8 * width))),
        };
    }

    private static int Width(OnnxType type) => type switch
    {
        OnnxType.Int8 or OnnxType.UInt8 => 1,
        OnnxType.Int16 or OnnxType.UInt16 or OnnxType.Float16 or OnnxType.BFloat16 => 2,
        OnnxType.Int32 or OnnxType.UInt32 or OnnxType.Float => 4,
        OnnxType.Int64 or OnnxType.UInt64 or OnnxType.Double => 8,
        _ => throw new RetortException("BitCast", $"elements of {type}.", "numbers of 1, 2, 4 or 8 bytes."),
    };
}
