using System.Buffers.Binary;

namespace Retort.Labels.Sequences;

/// <summary><c>dense-f16</c>: W numbers as f16: hidden values, embeddings, attention scores (zeros behind the last token).</summary>
/// <param name="width">W, the same for every row.</param>
internal sealed class DenseHalfCodec(int width) : ITokenCodec
{
    public int MaximumKept => width;
    public int MaximumBytes => 2 * width;

    public int Encode(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, double logTail, Span<byte> row)
    {
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteHalfLittleEndian(row[(2 * index)..], (Half)values[index]);
        return 2 * values.Length;
    }

    public int Decode(ReadOnlySpan<byte> row, Span<int> ids, Span<float> values, out float logTail)
    {
        logTail = float.NegativeInfinity;
        if (row.Length != MaximumBytes) return -1;
        for (var index = 0; index < width; index++) values[index] = (float)BinaryPrimitives.ReadHalfLittleEndian(row[(2 * index)..]);
        return width;
    }

    public string? Fault(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, float logTail)
    {
        for (var index = 0; index < values.Length; index++)
            if (!float.IsFinite(values[index])) return $"has the number {values[index]} in place {index}";
        return values.Length == width ? null : $"has {values.Length} numbers, where a row has {width}";
    }
}
