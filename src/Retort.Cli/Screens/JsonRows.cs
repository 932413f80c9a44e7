using System.Text.Json;

namespace Retort.Cli.Screens;

internal static class JsonRows
{
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>An array of objects that all have the same keys.</summary>
    public static void WriteRows(this Utf8JsonWriter json, string name, string[] keys, IEnumerable<string[]> rows)
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var (key, value) in keys.Zip(row))
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
