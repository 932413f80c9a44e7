using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Tensors;

namespace Retort.Formats.Jsonl;

/// <summary>
/// Appends objects to a JSONL file, one a line. Each line goes to the system in one write, so a kill leaves at most one
/// cut line, which the next writer removes. Not for several threads at once.
/// </summary>
public sealed class JsonlWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly MemoryStream _line = new();

    private JsonlWriter(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Opens for appending, making the file when there is none. A last line without a line feed is completed
    /// when it is a whole object, else cut off.</summary>
    public static JsonlWriter Append(string path)
    {
        FileStream? file = null;
        try
        {
            // No buffer of its own: a line is written when Write returns.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            MendLastLine(file);
            return new JsonlWriter(path, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw Refusal(path, error);
        }
    }

    /// <param name="properties">Writes the properties of one object; its braces are written here.</param>
    public void Write(Action<Utf8JsonWriter> properties)
    {
        _line.SetLength(0);
        using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        _line.WriteByte((byte)'\n');
        Guard(() => _file.Write(_line.GetBuffer().AsSpan(0, (int)_line.Length)));
    }

    /// <summary>Makes what was written outlive a power cut.</summary>
    public void FlushToDisk() => Guard(() => _file.Flush(flushToDisk: true));

    public void Dispose()
    {
        _file.Dispose();
        _line.Dispose();
    }

    private static void MendLastLine(FileStream file)
    {
        var lineStart = LastLineStart(file);
        var tail = new byte[file.Length - lineStart];
        file.Position = lineStart;
        file.ReadExactly(tail);
        if (tail.Length == 0)
            return;
        if (IsWholeObject(tail))
            file.WriteByte((byte)'\n');
        else
            file.SetLength(lineStart);
        file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Bytes up to and with the last line feed.</summary>
    private static long LastLineStart(FileStream file)
    {
        Span<byte> block = stackalloc byte[4096];
        for (var end = file.Length; end > 0;)
        {
            var part = block[..(int)Math.Min(block.Length, end)];
            file.Position = end - part.Length;
            file.ReadExactly(part);
            var feed = part.LastIndexOf((byte)'\n');
            if (feed >= 0)
                return end - part.Length + feed + 1;
            end -= part.Length;
        }

        return 0;
    }

    private static bool IsWholeObject(byte[] tail)
    {
        try
        {
            return JsonlReader.ParseLine(tail).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refusal(_path, error);
        }
    }

    private static RetortException Refusal(string path, Exception error) =>
        new(path, "lines cannot be appended: "
            + error.Message, "", "check that the folder exists, that this user may write in it, and that the disk is not full", error);
}
