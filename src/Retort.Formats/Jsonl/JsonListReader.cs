using System.Text.Json;
using System.Text.Unicode;

namespace Retort.Formats.Jsonl;

/// <summary>The items of one JSON list, each read by itself, so that a key that stands twice spoils only its item.</summary>
internal static class JsonListReader
{
    private const int DeepestNesting = 66;

    /// <exception cref="FormatException">The list breaks off, or something follows it.</exception>
    public static IReadOnlyList<JsonRow> Read(string path, byte[] bytes)
    {
        if (!Utf8.IsValid(bytes)) throw new FormatException(path, "the file is not UTF-8", "expected UTF-8", "save it as UTF-8");
        var rows = new List<JsonRow>();
        var (line, counted) = (1L, 0);
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = DeepestNesting });
            reader.Read();
            while (reader.Read() && reader.CurrentDepth > 0)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                line += bytes.AsSpan(counted, start - counted).Count((byte)'\n');
                counted = start;
                rows.Add(JsonRowReader.Of(path, line, bytes.AsMemory(start, (int)reader.BytesConsumed - start)));
            }
            reader.Read(); // throws on what follows the list
        }
        catch (JsonException error)
        {
            throw new FormatException($"{path}:{(error.LineNumber ?? 0) + 1}:{(error.BytePositionInLine ?? 0) + 1}",
                $"the list is no JSON from here on; {rows.Count} items stand before", "expected one JSON list of objects, or one object a line",
                "correct it there, or write one object a line, so that the other lines can be read", error);
        }
        return rows;
    }
}
