using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Formats.Tokenizers.SentencePiece;

namespace Retort.Formats.Tokenizers.Vocabularies;

/// <summary>
/// The vocabulary that llama2.c's export leaves beside a model: i32 length of the longest token, then for each id f32 score, i32 length,
/// bytes. It is a SentencePiece BPE with bytes to fall back to, blanks as blanks; id 1 begins a text and, as llama2.c trains, ends it.
/// </summary>
public static class Llama2cVocabulary
{
    /// <summary>Where a text begins, and the one before it ends: llama2.c's training texts have nothing else between them.</summary>
    public const int Beginning = 1;

    private const int FirstByte = 3, FirstPiece = FirstByte + 256, Head = 8, LongestPiece = 256;

    /// <summary>The one file that is called tokenizer.bin, or tok and the number of tokens; null = there is none, or several.</summary>
    /// <param name="folder">Of a model.</param>
    public static string? Find(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        string[] found = [.. Directory.GetFiles(folder, "tok*.bin").Where(path => Path.GetFileNameWithoutExtension(path) is var name
            && (name == "tokenizer" || (name.Length > 3 && name.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0)))];
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>The same as a tokenizer.json of Llama's form, which every other tool reads.</summary>
    /// <param name="path">The vocabulary, plain or gzip.</param>
    /// <exception cref="FormatException">It is cut short, or is another kind of file.</exception>
    public static byte[] ToTokenizerJson(string path)
    {
        var pieces = Read(path);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
            Write(json, pieces);
        return stream.ToArray();
    }

    private static List<(string Text, float Score)> Read(string path)
    {
        ReadOnlySpan<byte> bytes = TokenizerFile.Bytes(path);
        var (pieces, place) = (new List<(string, float)>(), sizeof(int));
        while (place < bytes.Length)
        {
            var length = bytes.Length - place < Head ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes[(place + sizeof(float))..]);
            if (length is < 1 or > LongestPiece || length > bytes.Length - place - Head || pieces.Count == Vocabulary.MostIds)
                throw new FormatException(path, $"there is no token {pieces.Count} at byte {place}",
                    $"expected f32 score, i32 length of 1 to {LongestPiece}, and so many bytes", "fetch the file again");
            var score = BinaryPrimitives.ReadSingleLittleEndian(bytes[place..]);
            pieces.Add((Text(pieces.Count, bytes.Slice(place + Head, length)), score));
            place += Head + length;
        }
        var wrong = Enumerable.Range(0, 256).FirstOrDefault(i => pieces.ElementAtOrDefault(FirstByte + i).Item1 != $"<0x{i:X2}>", -1);
        if (wrong >= 0)
            throw new FormatException(path, $"token {FirstByte + wrong} of {pieces.Count} is not <0x{wrong:X2}>",
                $"expected <unk>, <s>, </s>, <0x00> to <0xFF>, and then the pieces", "this is no vocabulary of llama2.c");
        return pieces;
    }

    /// <summary>As SentencePiece has it: what is called line feed, &lt;s&gt;, line feed here, and a mark for a blank.</summary>
    private static string Text(int id, ReadOnlySpan<byte> bytes) => id < FirstByte
        ? Encoding.UTF8.GetString(bytes).Trim('\n')
        : Encoding.UTF8.GetString(bytes).Replace(' ', SentencePieceNormalizer.Mark);

    private static void Write(Utf8JsonWriter json, List<(string Text, float Score)> pieces)
    {
        var mark = SentencePieceNormalizer.Mark.ToString();
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteStartArray("added_tokens");
        for (var id = 0; id < FirstByte; id++) WriteAdded(json, id, pieces[id].Text);
        json.WriteEndArray();
        json.WritePropertyName("normalizer");
        json.WriteRawValue($$"""
            {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "{{mark}}"},
              {"type": "Replace", "pattern": {"String": " "}, "content": "{{mark}}"}]}
            """);
        json.WritePropertyName("post_processor");
        var begins = pieces[Beginning].Text;
        json.WriteRawValue($$$"""
            {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "{{{begins}}}", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "{{{begins}}}", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "{{{begins}}}", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
              "special_tokens": {"{{{begins}}}": {"id": "{{{begins}}}", "ids": [{{{Beginning}}}], "tokens": ["{{{begins}}}"]} } }
            """);
        json.WritePropertyName("decoder");
        json.WriteRawValue($$"""
            {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "{{mark}}"}, "content": " "},
              {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
            """);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteString("unk_token", pieces[0].Text);
        json.WriteBoolean("fuse_unk", true);
        json.WriteBoolean("byte_fallback", true);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, piece) in pieces.Index()) ids.TryAdd(piece.Text, id);
        json.WriteStartObject("vocab");
        foreach (var (text, id) in ids) json.WriteNumber(text, id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in Merges(pieces, ids)) json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Every two pieces that are a third together, the third with the highest score first.</summary>
    private static IEnumerable<(string Left, string Right)> Merges(List<(string Text, float Score)> pieces, Dictionary<string, int> ids) =>
        pieces.Index().Skip(FirstPiece).OrderByDescending(piece => piece.Item.Score)
            .SelectMany(piece => Enumerable.Range(1, piece.Item.Text.Length - 1)
                .Select(cut => (piece.Item.Text[..cut], piece.Item.Text[cut..])))
            .Where(pair => ids.ContainsKey(pair.Item1) && ids.ContainsKey(pair.Item2));

    private static void WriteAdded(Utf8JsonWriter json, int id, string text)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", text);
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(flag, false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }
}
