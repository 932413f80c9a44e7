using System.Buffers.Binary;
using System.Text;

namespace Retort.Runs;

/// <summary>One scalar of a TensorBoard event file.</summary>
public sealed record TensorBoardScalar(double WallTime, long Step, string Tag, float Value);

/// <summary>Reads the scalars of an event file; any prefix of a file is readable, and unknown fields are passed over.</summary>
public static class TensorBoardReader
{
    public static IReadOnlyList<TensorBoardScalar> Read(ReadOnlySpan<byte> file)
    {
        var scalars = new List<TensorBoardScalar>();
        foreach (var record in TensorFlowRecord.Scan(file)) ReadEvent(record, scalars);
        return scalars;
    }

    private static void ReadEvent(ReadOnlySpan<byte> message, List<TensorBoardScalar> scalars)
    {
        var (time, step) = (0d, 0L);
        while (NextField(ref message, out var field, out var number, out var bytes))
        {
            if (field == 1) time = BitConverter.UInt64BitsToDouble(number);
            else if (field == 2) step = (long)number;
            else if (field == 5)
            {
                while (NextField(ref bytes, out var inner, out _, out var value))
                    if (inner == 1) scalars.Add(ReadValue(value, time, step));
            }
        }
    }

    private static TensorBoardScalar ReadValue(ReadOnlySpan<byte> message, double time, long step)
    {
        var (tag, scalar) = ("", 0f);
        while (NextField(ref message, out var field, out var number, out var bytes))
        {
            if (field == 1) tag = Encoding.UTF8.GetString(bytes);
            else if (field == 2) scalar = BitConverter.UInt32BitsToSingle((uint)number);
        }
        return new(time, step, tag, scalar);
    }

    /// <summary>Takes one Protobuf field off the front; false at the end of the message or at bytes that are no field.</summary>
    private static bool NextField(ref ReadOnlySpan<byte> message, out ulong field, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        (field, number) = (0, 0);
        bytes = default;
        if (!Varint(ref message, out var key)) return false;
        field = key >> 3;
        switch (key & 7)
        {
            case 0:
                return Varint(ref message, out number);
            case 1 when message.Length >= 8:
                number = BinaryPrimitives.ReadUInt64LittleEndian(message);
                message = message[8..];
                return true;
            case 5 when message.Length >= 4:
                number = BinaryPrimitives.ReadUInt32LittleEndian(message);
                message = message[4..];
                return true;
            case 2 when Varint(ref message, out var length) && length <= (ulong)message.Length:
                bytes = message[..(int)length];
                message = message[(int)length..];
                return true;
            default:
                return false;
        }
    }

    private static bool Varint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (message.IsEmpty) return false;
            var next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }
        return false;
    }
}
