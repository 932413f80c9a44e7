using Retort.Formats.Gguf.Blocks;

namespace Retort.Formats.Gguf;

/// <summary>Every type whose values are floats.</summary>
public static class BlockFormats
{
    private static readonly Dictionary<GgufType, BlockFormat> All = new BlockFormat[]
    {
        new F32(), new F16(), new BF16(), new F64(), new Q4_0(), new Q4_1(), new Q5_0(), new Q5_1(), new Q8_0(), new Q2_K(), new Q3_K(),
        new Q4_K(), new Q5_K(), new Q6_K(), new IQ4_NL(), new IQ4_XS(), new TQ1_0(), new TQ2_0(), new MXFP4(),
    }.ToDictionary(format => format.Type);

    /// <returns>null for whole numbers.</returns>
    public static BlockFormat? Of(GgufType type) => All.GetValueOrDefault(type);

    /// <summary>(elements, bytes) of a block; of one element for plain types.</summary>
    public static (int Elements, int Bytes) Size(GgufType type) => Of(type) is { } format ? (format.Elements, format.Bytes)
        : (1, type switch { GgufType.I8 => 1, GgufType.I16 => 2, GgufType.I32 => 4, _ => 8 });

    /// <param name="format">Of the blocks.</param>
    /// <param name="bytes">Whole blocks.</param>
    /// <param name="values">Their elements.</param>
    public static void Decode(BlockFormat format, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        for (var block = 0; block * format.Elements < values.Length; block++)
            format.Decode(bytes.Slice(block * format.Bytes, format.Bytes), values.Slice(block * format.Elements, format.Elements));
    }

    /// <param name="format">Of the blocks.</param>
    /// <param name="values">Whole blocks.</param>
    /// <param name="bytes">Their bytes.</param>
    public static void Encode(BlockFormat format, ReadOnlySpan<float> values, Span<byte> bytes)
    {
        for (var block = 0; block * format.Elements < values.Length; block++)
            format.Encode(values.Slice(block * format.Elements, format.Elements), bytes.Slice(block * format.Bytes, format.Bytes));
    }
}
