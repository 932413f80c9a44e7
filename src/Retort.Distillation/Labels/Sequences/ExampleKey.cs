using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>Which text labels belong to: the first 16 bytes of the SHA-256 of its content.</summary>
/// <param name="High">Bytes 0 to 7, the first one highest.</param>
/// <param name="Low">Bytes 8 to 15.</param>
public readonly record struct ExampleKey(ulong High, ulong Low)
{
    public const int Bytes = 16;

    /// <summary>Of a document as token ids, each as little-endian i32.</summary>
    public static ExampleKey Of(ReadOnlySpan<int> inputIds) => OfBytes(MemoryMarshal.AsBytes(inputIds));

    /// <summary>Of a text as UTF-8, for instance a request.</summary>
    public static ExampleKey Of(string text) => OfBytes(Encoding.UTF8.GetBytes(text));

    /// <param name="text">32 hexadecimal digits.</param>
    /// <param name="location">Where they stand, for the error.</param>
    public static ExampleKey Parse(string text, string location)
    {
        var bytes = new byte[Bytes];
        if (text.Length == 2 * Bytes && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done)
            return Read(bytes);
        throw new RetortException(location, $"'{text}' is no key of an example.", "expected 32 hexadecimal digits.",
            LabelRefusal.Relabel);
    }

    internal static ExampleKey Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    public override string ToString() => $"{High:x16}{Low:x16}";

    private static ExampleKey OfBytes(ReadOnlySpan<byte> content) => Read(SHA256.HashData(content));
}
