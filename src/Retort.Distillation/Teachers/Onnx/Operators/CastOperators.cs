using System.Globalization;
using System.Numerics;
using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>From one element type to another.</summary>
internal static class CastOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Cast"] = call => [Cast(call.Array(0), (OnnxType)call.Int("to", 1), call.Int("saturate", 1) == 1, call.Text("round_mode", "up"))],
        ["CastLike"] = call => [Cast(call.Array(0), call.Array(1).Type, call.Int("saturate", 1) == 1, call.Text("round_mode", "up"))],
    };

    /// <param name="x">Any array.</param>
    /// <param name="type">Wanted type.</param>
    /// <param name="saturate">For 8-bit floats: numbers too large become the largest.</param>
    /// <param name="mode">For powers of two: up, down or nearest.</param>
    public static OnnxArray Cast(OnnxArray x, OnnxType type, bool saturate = true, string mode = "up") => type == x.Type ? x : type switch
    {
        OnnxType.Float => new OnnxArray<float>(type, x.Shape, Singles(x)),
        OnnxType.Double => new OnnxArray<double>(type, x.Shape, x is OnnxArray<string> texts ? Parsed(texts) : x.Doubles()),
        OnnxType.Float8E8M0 => new OnnxArray<float>(type, x.Shape, Array.ConvertAll(Singles(x), value => PowerOfTwo(value, mode))),
        _ when NarrowFloats.IsNarrow(type) =>
            new OnnxArray<float>(type, x.Shape, Array.ConvertAll(Singles(x), value => NarrowFloats.Round(type, value, saturate))),
        OnnxType.Bool => OnnxArray.Of(x.Shape, Array.ConvertAll(x.Doubles(), value => value != 0)),
        OnnxType.Text => OnnxArray.Of(x.Shape, Written(x)),
        OnnxType.Int64 => Whole<long>(x, type),
        OnnxType.Int32 => Whole<int>(x, type),
        OnnxType.Int16 => Whole<short>(x, type),
        OnnxType.Int8 => Whole<sbyte>(x, type),
        OnnxType.UInt8 => Whole<byte>(x, type),
        OnnxType.UInt16 => Whole<ushort>(x, type),
        OnnxType.UInt32 => Whole<uint>(x, type),
        OnnxType.UInt64 => Whole<ulong>(x, type),
        OnnxType.Int4 => Low(Whole<sbyte>(x, type), bits => (sbyte)(((bits & 15) ^ 8) - 8)),
        OnnxType.Int2 => Low(Whole<sbyte>(x, type), bits => (sbyte)(((bits & 3) ^ 2) - 2)),
        OnnxType.UInt4 => Low(Whole<byte>(x, type), bits => (byte)(bits & 15)),
        OnnxType.UInt2 => Low(Whole<byte>(x, type), bits => (byte)(bits & 3)),
        _ => throw new RetortException("Cast", $"a cast to type {(int)type}.", "a number, truth value or text."),
    };

    private static float[] Singles(OnnxArray x) => x is OnnxArray<string> texts ? Array.ConvertAll(Parsed(texts), value => (float)value)
        : x.Floats();

    private static OnnxArray<T> Whole<T>(OnnxArray x, OnnxType type) where T : struct, INumber<T> => new(type, x.Shape,
        x is OnnxArray<string> texts ? Array.ConvertAll(texts.Data, text => T.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            : x.IsFloat && !IsWide<T>() ? Array.ConvertAll(x.Longs(), T.CreateTruncating)
            : Numbers.Visit<Numbers.Conversion<T>, T[]>(x, default));

    /// <summary>A float beyond a type of fewer than 64 bits keeps its low bits, as with NumPy.</summary>
    private static bool IsWide<T>() => typeof(T) == typeof(ulong) || typeof(T) == typeof(long);

    private static OnnxArray<T> Low<T>(OnnxArray<T> x, Func<T, T> cut) =>
        new(x.Type, x.Shape, Array.ConvertAll(x.Data, value => cut(value)));

    private static double[] Parsed(OnnxArray<string> texts) => Array.ConvertAll(texts.Data, text => text.ToUpperInvariant() switch
    {
        "NAN" => double.NaN,
        "INF" or "+INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    });

    private static string[] Written(OnnxArray x) => x switch
    {
        OnnxArray<float> floats => Array.ConvertAll(floats.Data, value => Written(value, value.ToString("R", CultureInfo.InvariantCulture))),
        OnnxArray<double> doubles => Array.ConvertAll(doubles.Data, value =>
            Written(value, value.ToString("R", CultureInfo.InvariantCulture))),
        OnnxArray<ulong> numbers => Array.ConvertAll(numbers.Data, value => value.ToString(CultureInfo.InvariantCulture)),
        _ => Array.ConvertAll(x.Longs(), value => value.ToString(CultureInfo.InvariantCulture)),
    };

    private static string Written(double value, string digits) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? (value > 0 ? "INF" : "-INF") : digits.Contains('.') || digits.Contains('E') ? digits : digits + ".0";

    private static float PowerOfTwo(float value, string mode)
    {
        if (!float.IsFinite(value)) return float.NaN;
        if (value <= 0) return MathF.ScaleB(1, -127);
        var exponent = Math.Log2(value);
        var whole = mode switch
        {
            "down" => Math.Floor(exponent),
            "nearest" => value / Math.Pow(2, Math.Floor(exponent)) >= 1.5 ? Math.Floor(exponent) + 1 : Math.Floor(exponent),
            _ => Math.Ceiling(exponent),
        };
        return MathF.ScaleB(1, (int)Math.Clamp(whole, -127, 127));
    }
}
