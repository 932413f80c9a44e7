using System.Buffers.Binary;

namespace Retort.Labels;

/// <summary>
/// An append-only file of frames, one per example, for a unit of work that is not sealed yet. Frame, little-endian:
/// <c>u32 magic · u32 length · u32 crc32c(the 4 length bytes) · payload · u32 crc32c(payload)</c>. Opening truncates at the first
/// frame that is short, has a wrong magic or a wrong CRC: a torn journal is never an error, it only loses its last frames.
/// </summary>
public sealed class LabelJournal : IDisposable
{
    /// <summary>"RTLJ" as the file's first four bytes.</summary>
    public const uint Magic = 0x4A4C5452;

    /// <summary>Frames between two flushes: a local teacher can answer them again.</summary>
    public const int FlushEvery = 100;

    private const int Head = 12;
    private const int Foot = 4;
    private readonly FileStream _file;
    private int _unflushed;

    private LabelJournal(FileStream file) => _file = file;

    /// <summary>
    /// Opens or creates the file, keeps the good frames that <paramref name="accepts"/> takes and drops everything after them.
    /// </summary>
    /// <param name="path">The journal's file.</param>
    /// <param name="accepts">Called with every good frame's payload, in order; the first false ends the good part.</param>
    public static LabelJournal Open(string path, FramePredicate? accepts = null)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var good = Scan(bytes, accepts);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 64 * 1024);
        if (file.Length != good) file.SetLength(good);
        file.Position = good;
        return new LabelJournal(file);
    }

    /// <summary>Walks the complete frames of a journal's bytes; returns the number of bytes that they take.</summary>
    public static int Scan(ReadOnlySpan<byte> bytes, FramePredicate? accepts = null)
    {
        var offset = 0;
        while (bytes.Length - offset >= Head + Foot)
        {
            var frame = bytes[offset..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic) break;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) != Crc32C.Compute(frame[4..8])) break;
            if (length > (uint)(frame.Length - Head - Foot)) break;
            var payload = frame.Slice(Head, (int)length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame[(Head + (int)length)..]) != Crc32C.Compute(payload)) break;
            if (accepts is not null && !accepts(payload)) break;
            offset += Head + (int)length + Foot;
        }
        return offset;
    }

    public void Append(ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[Head];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Crc32C.Compute(head[4..8]));
        Span<byte> foot = stackalloc byte[Foot];
        BinaryPrimitives.WriteUInt32LittleEndian(foot, Crc32C.Compute(payload));
        _file.Write(head);
        _file.Write(payload);
        _file.Write(foot);
        if (++_unflushed >= FlushEvery) Flush();
    }

    /// <summary>
    /// Hands what was appended to the operating system, which holds it through a kill; only power loss needs <paramref name="toDisk"/>.
    /// </summary>
    public void Flush(bool toDisk = false)
    {
        _file.Flush(toDisk);
        _unflushed = 0;
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Judges one frame's payload.</summary>
public delegate bool FramePredicate(ReadOnlySpan<byte> payload);
