namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values d·level[q] with sixteen uneven levels: half d, then q as in Q4_0. Only read here.</summary>
internal sealed class IQ4_NL() : BlockFormat(GgufType.IQ4_NL, 32, 18)
{
    /// <summary>Closer together near 0. Figures from llama.cpp's format.</summary>
    public static ReadOnlySpan<sbyte> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public override bool CanEncode => false;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block);
        for (var i = 0; i < 32; i++) values[i] = scale * Levels[block[2 + i % 16] >> i / 16 * 4 & 15];
    }
}
