using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Retort.Runs;

/// <summary>
/// A TensorBoard event file of scalars, written by hand: Event { 1 wall_time double · 2 step int64 · 3 file_version string · 5 summary },
/// Summary { 1 value }, Value { 1 tag string · 2 simple_value float }. Times are Unix seconds.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _time;

    private TensorBoardWriter(FileStream file, TimeProvider time) => (_file, _time) = (file, time);

    /// <summary>
    /// Starts a new file <c>events.out.tfevents.SECONDS.retort</c>; an existing one is never touched, TensorBoard joins them.
    /// </summary>
    public static TensorBoardWriter Create(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        for (var seconds = time.GetUtcNow().ToUnixTimeSeconds(); ; seconds++)
        {
            var path = Path.Combine(folder, $"events.out.tfevents.{seconds.ToString("D10", CultureInfo.InvariantCulture)}.retort");
            if (File.Exists(path)) continue;
            var writer = new TensorBoardWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite), time);
            writer._file.Write(TensorFlowRecord.Frame(VersionEvent(writer.Seconds)));
            return writer;
        }
    }

    public string FilePath => _file.Name;

    private double Seconds => _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000d;

    public void WriteScalar(string tag, long step, double value) =>
        _file.Write(TensorFlowRecord.Frame(ScalarEvent(Seconds, step, tag, (float)value)));

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    internal static byte[] VersionEvent(double seconds) => [.. WallTime(seconds), 0x1A, .. Prefixed("brain.Event:2"u8)];

    internal static byte[] ScalarEvent(double seconds, long step, string tag, float value)
    {
        var number = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(number, value);
        byte[] point = [0x0A, .. Prefixed(Encoding.UTF8.GetBytes(tag)), 0x15, .. number];
        byte[] summary = [0x0A, .. Prefixed(point)];
        return [.. WallTime(seconds), 0x10, .. Varint((ulong)step), 0x2A, .. Prefixed(summary)];
    }

    private static byte[] WallTime(double seconds)
    {
        var field = new byte[9];
        field[0] = 0x09;
        BinaryPrimitives.WriteDoubleLittleEndian(field.AsSpan(1), seconds);
        return field;
    }

    private static byte[] Prefixed(ReadOnlySpan<byte> bytes) => [.. Varint((ulong)bytes.Length), .. bytes];

    /// <summary>7 bits a byte, low first, high bit = more.</summary>
    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
