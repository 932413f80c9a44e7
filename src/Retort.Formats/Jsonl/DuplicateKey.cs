using System.Text.Json;

namespace Retort.Formats.Jsonl;

/// <summary>Finds the key that stands twice in one object; readers differ on which of the two counts.</summary>
internal static class DuplicateKey
{
    private const int DeepestNesting = 64;
    private const int LongestName = 60;

    /// <returns>Null where there is none, or where the JSON breaks before it.</returns>
    public static (string Name, long Byte)? Find(ReadOnlySpan<byte> json)
    {
        var open = new Stack<HashSet<string>>();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestNesting });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject) open.Push(new HashSet<string>(StringComparer.Ordinal));
                else if (reader.TokenType == JsonTokenType.EndObject) open.Pop();
                else if (reader.TokenType == JsonTokenType.PropertyName && reader.GetString()! is var name && !open.Peek().Add(name))
                    return (name.Length > LongestName ? name[..LongestName] + "…" : name, reader.TokenStartIndex);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Another fault comes first.
        }
        return null;
    }
}
