using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Formats.Files;

namespace Retort.Labels;

/// <summary>Two answers to a prompt, and which is better.</summary>
/// <param name="Id">Where they come from.</param>
/// <param name="Prompt">What was asked, turn by turn.</param>
/// <param name="Preferred">The better answer; of a tie one of them.</param>
/// <param name="Other">The other.</param>
/// <param name="Tie">Neither is better: kept, and never learnt.</param>
public sealed record AnswerPair(string Id, IReadOnlyList<(string Role, string Content)> Prompt, string Preferred, string Other, bool Tie);

/// <summary>
/// Pairs as OpenAI's lines for DPO, which data.source preferences reads; a tie has <c>"tie": true</c> beside them, and is passed over
/// there.
/// </summary>
public static class PairFile
{
    /// <summary>Beside the pair, where neither is better.</summary>
    public const string TieKey = "tie";

    private static readonly JsonWriterOptions line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whole or not at all.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="pairs">In the order of the lines.</param>
    public static void Write(string path, IEnumerable<AnswerPair> pairs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, stream =>
        {
            foreach (var pair in pairs)
            {
                using (var json = new Utf8JsonWriter(stream, line)) Write(json, pair);
                stream.WriteByte((byte)'\n');
            }
        });
    }

    private static void Write(Utf8JsonWriter json, AnswerPair pair)
    {
        json.WriteStartObject();
        json.WriteString("id", pair.Id);
        json.WriteStartObject("input");
        Messages(json, "messages", pair.Prompt);
        json.WriteEndObject();
        Messages(json, "preferred_output", [("assistant", pair.Preferred)]);
        Messages(json, "non_preferred_output", [("assistant", pair.Other)]);
        if (pair.Tie) json.WriteBoolean(TieKey, true);
        json.WriteEndObject();
    }

    private static void Messages(Utf8JsonWriter json, string key, IReadOnlyList<(string Role, string Content)> turns)
    {
        json.WriteStartArray(key);
        foreach (var (role, content) in turns)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
