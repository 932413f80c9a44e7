namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 256 values d·s·q − e·m in groups of 16: a byte a group with s in its lower and m in its upper four bits, two bits a value (four
/// groups of 32 values side by side in 32 bytes), halves d and e. Only read here.
/// </summary>
internal sealed class Q2_K() : BlockFormat(GgufType.Q2_K, 256, 84)
{
    public override bool CanEncode => false;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (scale, minimum) = (Scales.Half(block, 80), Scales.Half(block, 82));
        for (var i = 0; i < 256; i++)
        {
            var factors = block[i / 16];
            var step = block[16 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
            values[i] = scale * (factors & 15) * step - minimum * (factors >> 4);
        }
    }
}
