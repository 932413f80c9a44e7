using Google.Protobuf;

namespace Retort.Formats.Protobuf;

/// <summary>
/// A Protocol Buffers message as a list of byte runs. A message inside a message needs its length before its content;
/// with runs that length is a sum, and weights are written from where they lie instead of being copied at each level.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<ReadOnlyMemory<byte>> _runs = [];

    /// <summary>Bytes of the content.</summary>
    public long Length { get; private set; }

    public ProtoMessage Number(int field, long value) => Encode(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    });

    public ProtoMessage Single(int field, float value) => Encode(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    });

    public ProtoMessage Text(int field, string value) => Encode(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    public ProtoMessage Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Prefix(field, value.Length);
        Add(value);
        return this;
    }

    public ProtoMessage Message(int field, ProtoMessage value)
    {
        Prefix(field, value.Length);
        return Append(value);
    }

    /// <summary>Adds the fields of another message to this one, without nesting.</summary>
    public ProtoMessage Append(ProtoMessage fields)
    {
        foreach (var run in fields._runs)
            Add(run);
        return this;
    }

    public void WriteTo(Stream stream)
    {
        foreach (var run in _runs)
            stream.Write(run.Span);
    }

    private void Prefix(int field, long length) => Encode(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteUInt64((ulong)length);
    });

    private ProtoMessage Encode(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        Add(bytes.ToArray());
        return this;
    }

    private void Add(ReadOnlyMemory<byte> run)
    {
        _runs.Add(run);
        Length += run.Length;
    }
}
