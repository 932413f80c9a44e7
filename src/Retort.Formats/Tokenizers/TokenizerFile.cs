using System.Text.Json;
using System.Text.Unicode;
using Retort.Formats.Files;
using Retort.Formats.Tokenizers.Json;

namespace Retort.Formats.Tokenizers;

/// <summary>Reads whole files, plain or gzip, and no larger than a tokenizer can be.</summary>
internal static class TokenizerFile
{
    private const int MostBytes = 1 << 26, DeepestNesting = 64;

    public static byte[] Bytes(string path)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        try
        {
            while (stream.Read(buffer) is > 0 and var count)
            {
                if (content.Length + count > MostBytes)
                    throw new FormatException(path, $"there are more than {MostBytes} bytes", "expected the file of a tokenizer",
                        "check the path");
                content.Write(buffer, 0, count);
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
        return content.ToArray();
    }

    /// <summary>The lines of a text file; a carriage return before a line feed is not part of them, nor is an empty last line.</summary>
    public static string[] Lines(string path)
    {
        var lines = System.Text.Encoding.UTF8.GetString(Bytes(path)).TrimStart('\uFEFF').Split('\n');
        for (var i = 0; i < lines.Length; i++) lines[i] = lines[i].TrimEnd('\r');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    public static JsonField Json(string path) => Json(path, Bytes(path));

    public static JsonField Json(string path, ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span)) throw new FormatException(path, "this is not UTF-8", "expected JSON in UTF-8", "fetch the file again");
        try
        {
            using var document = JsonDocument.Parse(bytes,
                new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            return new JsonField(document.RootElement.Clone(), path);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException(path, $"this is not JSON: {error.Message}",
                $"expected one JSON object, no key twice, nested at most {DeepestNesting} deep", "fetch the file again", error);
        }
    }
}
