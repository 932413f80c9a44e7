namespace Retort.Formats;

/// <summary>bfloat16: the upper half of a float32.</summary>
internal static class BrainFloat
{
    /// <summary>Rounded to the nearest, ties to the even bits; NaN stays one.</summary>
    public static ushort Bits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((float.IsNaN(value) ? bits | 0x40_0000 : bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
