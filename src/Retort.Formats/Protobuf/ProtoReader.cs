using System.Buffers.Binary;
using System.Text;

namespace Retort.Formats.Protobuf;

/// <summary>
/// Walks the fields of one Protocol Buffers message (protobuf.dev, "Encoding"). Every length is checked against what is left,
/// so a message inside a message can never reach beyond it. A message that is nested too deep is refused.
/// </summary>
internal struct ProtoReader
{
    /// <summary>Messages inside messages; subgraphs of a deep model use about four levels each.</summary>
    public const int DeepestMessage = 100;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _location, _content;
    private readonly int _depth;
    private readonly long _start;
    private int _position, _wire;

    /// <param name="bytes">The message.</param>
    /// <param name="location">How errors call it.</param>
    /// <param name="content">What was expected, for errors: "an ONNX model".</param>
    public ProtoReader(ReadOnlyMemory<byte> bytes, string location, string content) : this(bytes, location, content, 0, 0)
    {
    }

    private ProtoReader(ReadOnlyMemory<byte> bytes, string location, string content, long start, int depth)
    {
        _bytes = bytes;
        _location = location;
        _content = content;
        _start = start;
        _depth = depth;
    }

    /// <summary>The number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_position == _bytes.Length)
            return false;
        var tag = Varint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        _wire = (int)(tag & 7);
        if (Field == 0)
            throw Refuse("a field has the number 0");
        return true;
    }

    public long Number() => _wire == 0 ? (long)Varint() : throw WrongWire("a number");

    public float Single() => _wire == 5 ? BitConverter.Int32BitsToSingle((int)Fixed(4)) : throw WrongWire("a 32-bit float");

    public ReadOnlyMemory<byte> Bytes()
    {
        if (_wire != 2)
            throw WrongWire("bytes");
        var length = Varint();
        if (length > (ulong)(_bytes.Length - _position))
            throw Refuse($"field {Field} claims {length} bytes, {_bytes.Length - _position} are left");
        var bytes = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    public ProtoReader Message()
    {
        if (_depth == DeepestMessage)
            throw Refuse($"messages are nested more than {DeepestMessage} deep");
        var bytes = Bytes();
        return new ProtoReader(bytes, _location, _content, _start + _position - bytes.Length, _depth + 1);
    }

    /// <summary>Adds the numbers of a repeated field, in either form: one a field, or packed.</summary>
    public void Numbers(List<long> numbers)
    {
        if (_wire != 2)
        {
            numbers.Add(Number());
            return;
        }
        var packed = Packed();
        while (packed._position < packed._bytes.Length)
            numbers.Add((long)packed.Varint());
    }

    public void Singles(List<float> numbers) => Fixeds(5, 4, numbers, bits => BitConverter.Int32BitsToSingle((int)bits));

    public void Doubles(List<double> numbers) => Fixeds(1, 8, numbers, bits => BitConverter.Int64BitsToDouble((long)bits));

    /// <summary>Passes over a field that is not wanted.</summary>
    public void Skip()
    {
        switch (_wire)
        {
            case 0: Varint(); break;
            case 1: Fixed(8); break;
            case 2: Bytes(); break;
            case 5: Fixed(4); break;
            default: throw Refuse($"field {Field} has the wire type {_wire}");
        }
    }

    public readonly FormatException Refuse(string what) => new($"{_location}:byte {_start + _position}", what,
        $"expected {_content} in Protocol Buffers", "fetch the file again, or export the model again");

    private void Fixeds<T>(int single, int size, List<T> numbers, Func<ulong, T> convert)
    {
        if (_wire == single)
        {
            numbers.Add(convert(Fixed(size)));
            return;
        }
        var packed = Packed();
        while (packed._position < packed._bytes.Length)
            numbers.Add(convert(packed.Fixed(size)));
    }

    private ProtoReader Packed()
    {
        var bytes = Bytes();
        return new ProtoReader(bytes, _location, _content, _start + _position - bytes.Length, _depth) { Field = Field };
    }

    private ulong Fixed(int size)
    {
        if (_bytes.Length - _position < size)
            throw Refuse($"field {Field} is cut short");
        var span = _bytes.Span.Slice(_position, size);
        _position += size;
        return size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(span) : BinaryPrimitives.ReadUInt64LittleEndian(span);
    }

    private ulong Varint()
    {
        var span = _bytes.Span;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position == span.Length)
                throw Refuse("a number is cut short");
            var next = span[_position++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }
        throw Refuse("a number takes more than 10 bytes");
    }

    private readonly FormatException WrongWire(string wanted) => Refuse($"field {Field} has the wire type {_wire}, {wanted} was expected");
}
