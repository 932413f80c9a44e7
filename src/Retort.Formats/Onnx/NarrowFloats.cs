namespace Retort.Formats.Onnx;

/// <summary>
/// Float types of 16 bits and fewer, kept as float here. Formats: IEEE 754 half; bfloat16; the 8-bit ones of "FP8 Formats for Deep
/// Learning" (Micikevicius et al. 2022) and of "8-bit Numerical Formats for Deep Neural Networks" (Noune et al. 2022, FNUZ); 4-bit and
/// scale formats of the OCP Microscaling specification.
/// </summary>
public static class NarrowFloats
{
    private static readonly float[][] Values = [.. Enumerable.Range(0, (int)OnnxType.Float8E8M0 + 1).Select(type => Table((OnnxType)type))];

    public static bool IsNarrow(OnnxType type) => type is OnnxType.Float16 or OnnxType.BFloat16 || IsTiny(type);

    /// <summary>8 or 4 bits.</summary>
    public static bool IsTiny(OnnxType type) => type is OnnxType.Float8E4M3FN or OnnxType.Float8E4M3FNUZ or OnnxType.Float8E5M2
        or OnnxType.Float8E5M2FNUZ or OnnxType.Float4E2M1 or OnnxType.Float8E8M0;

    /// <summary>The number that these bits stand for.</summary>
    public static float Decode(OnnxType type, int bits) => type switch
    {
        OnnxType.Float16 => (float)BitConverter.UInt16BitsToHalf((ushort)bits),
        OnnxType.BFloat16 => BitConverter.Int32BitsToSingle(bits << 16),
        OnnxType.Float4E2M1 => Small(bits, 1, 2, 1, 16),
        OnnxType.Float8E4M3FN => (bits & 127) == 127 ? float.NaN : Small(bits, 3, 4, 7, 256),
        OnnxType.Float8E4M3FNUZ => bits == 128 ? float.NaN : Small(bits, 3, 4, 8, 256),
        OnnxType.Float8E5M2 => (bits & 127) > 124 ? float.NaN
            : (bits & 127) == 124 ? (bits > 127 ? float.NegativeInfinity : float.PositiveInfinity) : Small(bits, 2, 5, 15, 256),
        OnnxType.Float8E5M2FNUZ => bits == 128 ? float.NaN : Small(bits, 2, 5, 16, 256),
        OnnxType.Float8E8M0 => bits == 255 ? float.NaN : MathF.ScaleB(1, bits - 127),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "a float type of 16 bits or fewer"),
    };

    /// <summary>The nearest number that the type has, ties to the even bits.</summary>
    /// <param name="type">A narrow type; others give the value back.</param>
    /// <param name="value">Any float.</param>
    /// <param name="saturate">Numbers beyond the largest become the largest; else infinity, or NaN where the type has none.</param>
    public static float Round(OnnxType type, float value, bool saturate = true)
    {
        if (type == OnnxType.Float16)
            return (float)(Half)value;
        if (type == OnnxType.BFloat16)
            return RoundToBFloat16(value);
        return IsTiny(type) ? RoundToTable(type, value, saturate) : value;
    }

    private static float RoundToBFloat16(float value)
    {
        if (float.IsNaN(value))
            return value;
        var bits = BitConverter.SingleToUInt32Bits(value);
        bits += 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000);
    }

    private static float RoundToTable(OnnxType type, float value, bool saturate)
    {
        var values = Values[(int)type];
        var unsignedZero = type is OnnxType.Float8E4M3FNUZ or OnnxType.Float8E5M2FNUZ;
        if (float.IsNaN(value))
            return type == OnnxType.Float4E2M1 ? -0f : float.NaN;
        var size = MathF.Abs(value);
        var largest = values[^1];
        var above = Array.BinarySearch(values, size);
        if (above >= 0)
            return unsignedZero && size == 0 ? 0 : value;
        above = ~above;
        float rounded;
        if (above == values.Length)
        {
            // as if the next number stood one step further
            var half = largest + (largest - values[^2]) / 2;
            var over = values.Length % 2 == 0 ? size >= half : size > half;
            rounded = !over || saturate || type == OnnxType.Float4E2M1 ? largest
                : type == OnnxType.Float8E5M2 ? float.PositiveInfinity : float.NaN;
        }
        else if (above == 0)
        {
            rounded = values[0];
        }
        else
        {
            var (low, high) = ((double)values[above - 1], (double)values[above]);
            var middle = (low + high) / 2;
            rounded = (float)(size > middle || (size == middle && above % 2 == 0) ? high : low);
        }
        return value < 0 && !(unsignedZero && rounded == 0) ? -rounded : rounded;
    }

    /// <summary>The finite numbers that are not negative, in the order of their bits.</summary>
    private static float[] Table(OnnxType type)
    {
        if (!IsTiny(type))
            return [];
        var codes = type == OnnxType.Float8E8M0 ? 255 : type == OnnxType.Float4E2M1 ? 8 : 128;
        return [.. Enumerable.Range(0, codes).Select(code => Decode(type, code)).Where(float.IsFinite)];
    }

    private static float Small(int bits, int mantissaBits, int exponentBits, int bias, int codes)
    {
        var mantissa = bits & ((1 << mantissaBits) - 1);
        var exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
        var value = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return bits >= codes / 2 ? -value : value;
    }
}
