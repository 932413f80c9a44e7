using System.Text;
using System.Text.Json;
using Retort.Formats.Tokenizers.Patterns;

namespace Retort.Formats.Tokenizers.Training;

/// <summary>A byte-level vocabulary that is given and not learnt: nothing is ever joined, and what is not a token has no id.</summary>
public static class GivenVocabulary
{
    /// <summary>Writes tokenizer.json, as Hugging Face's library reads it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="end">The special token, with id 0.</param>
    /// <param name="tokens">The others, from id 1: characters, or words.</param>
    /// <param name="words">
    /// Tokens are whole words, each with the space in front of it, cut as Llama 3 does: the way that GGUF knows, too.
    /// </param>
    public static void Write(Stream stream, string end, IEnumerable<string> tokens, bool words)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteStartArray("added_tokens");
        BytePairVocabulary.WriteSpecial(json, new AddedToken(0, end, true));
        json.WriteEndArray();
        if (words) WriteWords(json);
        else BytePairVocabulary.WriteByteLevel(json, "pre_tokenizer");
        BytePairVocabulary.WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        if (words) json.WriteBoolean("ignore_merges", true);
        json.WriteStartObject("vocab");
        json.WriteNumber(end, 0);
        foreach (var (i, token) in tokens.Index()) json.WriteNumber(ByteCharacters.Of(Encoding.UTF8.GetBytes(token)), i + 1);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json)
    {
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", WordPattern.Cl100kText);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        BytePairVocabulary.WriteByteLevel(json, null, cutsWords: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
