using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Retort.Labels.Sequences;

/// <summary>
/// A document in the journal, little-endian: key, 16 bytes · i32 tokens T · T × i32 ids · T × u8 loss mask · T × n × f32
/// log-normalisers · T × i32 lengths of the rows · the rows.
/// </summary>
internal readonly ref struct DocumentFrame
{
    public const int Head = ExampleKey.Bytes + sizeof(int);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _temperatures;

    private DocumentFrame(ReadOnlySpan<byte> bytes, int temperatures)
    {
        _bytes = bytes;
        _temperatures = temperatures;
    }

    public int Tokens => BinaryPrimitives.ReadInt32LittleEndian(_bytes[ExampleKey.Bytes..]);
    public ReadOnlySpan<byte> Key => _bytes[..ExampleKey.Bytes];
    public ReadOnlySpan<int> InputIds => MemoryMarshal.Cast<byte, int>(_bytes.Slice(Head, 4 * Tokens));
    public ReadOnlySpan<byte> Mask => _bytes.Slice(Head + 4 * Tokens, Tokens);
    public ReadOnlySpan<byte> Normalisers => _bytes.Slice(Head + 5 * Tokens, 4 * _temperatures * Tokens);

    public ReadOnlySpan<int> Lengths =>
        MemoryMarshal.Cast<byte, int>(_bytes.Slice(Head + (5 + 4 * _temperatures) * Tokens, 4 * Tokens));

    public ReadOnlySpan<byte> Rows => _bytes[(Head + TokenBytes(_temperatures) * Tokens)..];

    /// <summary>Bytes of a token, its row apart.</summary>
    public static int TokenBytes(int temperatures) => 9 + 4 * temperatures;

    /// <summary>Whether the bytes are a document whose lengths agree; its ids and rows are not looked at.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int maximumTokens, int temperatures, out DocumentFrame frame)
    {
        frame = new(bytes, temperatures);
        if (bytes.Length < Head || frame.Tokens < 1 || frame.Tokens > maximumTokens
            || bytes.Length < Head + (long)TokenBytes(temperatures) * frame.Tokens) return false;
        var total = 0L;
        foreach (var length in frame.Lengths)
        {
            if (length < 0) return false;
            total += length;
        }
        return total == frame.Rows.Length;
    }
}
