using System.Buffers.Binary;

namespace Retort.Labels;

/// <summary>
/// A natural log of a probability as f16, little-endian: 2⁻¹¹ of its own size at worst. A finite value beyond f16's range is kept
/// finite; −∞ says that nothing is there.
/// </summary>
internal static class HalfLog
{
    public static void Write(Span<byte> target, double value) => BinaryPrimitives.WriteHalfLittleEndian(target,
        double.IsNegativeInfinity(value) ? Half.NegativeInfinity : (Half)Math.Clamp(value, (double)Half.MinValue, 0));

    public static float Read(ReadOnlySpan<byte> source) => (float)BinaryPrimitives.ReadHalfLittleEndian(source);
}
