using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Retort.Formats.Files;

namespace Retort.Formats.Jsonl;

/// <summary>
/// Reads a file that others made, plain or gzip: JSONL, or one JSON list whose items are the rows. A bad line is a row with a fault, and
/// reading goes on after it. A byte order mark of UTF-8 in front says nothing and is passed over.
/// </summary>
public static class JsonRowReader
{
    /// <summary>Of a list, which is read whole.</summary>
    private const int MostListBytes = 1 << 30;

    private const int ExcerptBytes = 1 << 14;

    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <param name="path">The file.</param>
    /// <param name="mostBytes">Of a line; a longer one is a row with a fault.</param>
    /// <exception cref="FormatException">It cannot be read, is UTF-16, or is a list that breaks off.</exception>
    public static IEnumerable<JsonRow> Read(string path, int mostBytes = 64 << 20)
    {
        if (IsList(path))
        {
            foreach (var row in JsonListReader.Read(path, Whole(path))) yield return row;
            yield break;
        }
        using var stream = SourceFile.Open(path, out _, out _);
        var cutter = new LineCutter(path, stream, mostBytes, passOverLong: true);
        while (JsonlReader.NextLine(path, cutter, out var bytes))
        {
            if (cutter.Number == 1 && bytes.Span.StartsWith(Mark)) bytes = bytes[Mark.Length..];
            if (cutter.IsTooLong)
                yield return new JsonRow(path, cutter.Number, null,
                    new JsonFault(JsonFault.TooLong, 1, $"the line is longer than {mostBytes} bytes", ""));
            else if (!bytes.Span.Trim(" \t\r"u8).IsEmpty)
                yield return Of(path, cutter.Number, bytes);
        }
    }

    /// <summary>Whether the first character is a bracket. Lines of lists are no rows, so nothing else begins with one.</summary>
    private static bool IsList(string path)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        var buffer = new byte[1 << 12];
        try
        {
            var bytes = buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
                throw new FormatException($"{path}:1:1", "the file is UTF-16, by its byte order mark", "expected UTF-8", "save it as UTF-8");
            if (bytes.StartsWith(Mark)) bytes = bytes[Mark.Length..];
            return bytes.TrimStart(" \t\r\n"u8).StartsWith("["u8);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
    }

    /// <summary>One row from its bytes.</summary>
    internal static JsonRow Of(string path, long number, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new JsonRow(path, number, JsonlReader.ParseLine(bytes), null);
        }
        catch (JsonException error)
        {
            return new JsonRow(path, number, null, Fault(bytes, error));
        }
    }

    private static JsonFault Fault(ReadOnlyMemory<byte> bytes, JsonException error)
    {
        var excerpt = Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, ExcerptBytes)]);
        if (!Utf8.IsValid(bytes.Span)) return new JsonFault(JsonFault.Encoding, BadByte(bytes.Span) + 1, "the line is not UTF-8", excerpt);
        if (DuplicateKey.Find(bytes.Span) is { } twice)
            return new JsonFault(JsonFault.DuplicateKey, twice.Byte + 1, $"the key \"{twice.Name}\" stands in one object twice", excerpt);
        return error.InnerException is InvalidOperationException
            ? new JsonFault(JsonFault.Malformed, 1, "the line has half of a surrogate pair, which is no text", excerpt)
            : new JsonFault(JsonFault.Malformed, (error.BytePositionInLine ?? 0) + 1, "the line is not one JSON value", excerpt);
    }

    private static long BadByte(ReadOnlySpan<byte> bytes)
    {
        var place = 0;
        while (Rune.DecodeFromUtf8(bytes[place..], out _, out var length) == System.Buffers.OperationStatus.Done) place += length;
        return place;
    }

    private static byte[] Whole(string path)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var all = new MemoryStream();
        try
        {
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer, 0, buffer.Length)) > 0;)
            {
                if (all.Length + read > MostListBytes)
                    throw new FormatException(path, $"the list is longer than {MostListBytes} bytes", "expected a shorter list",
                        "write one object a line: lines are read one after another");
                all.Write(buffer, 0, read);
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
        var bytes = all.ToArray();
        return bytes.AsSpan().StartsWith(Mark) ? bytes[Mark.Length..] : bytes;
    }
}
