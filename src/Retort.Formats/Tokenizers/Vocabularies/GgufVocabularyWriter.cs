using Retort.Formats.Gguf;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.SentencePiece;

namespace Retort.Formats.Tokenizers.Vocabularies;

/// <summary>A tokenizer.json as the metadata of a GGUF file: byte-level BPE, and BPE that falls back to bytes (Llama 2, Gemma).</summary>
public static class GgufVocabularyWriter
{
    private const string Keys = "tokenizer.ggml.";

    /// <param name="path">tokenizer.json.</param>
    /// <param name="rows">Of the embedding: ids beyond the vocabulary are written as unused.</param>
    /// <param name="begin">The token before a text; null = none.</param>
    /// <param name="end">The token that ends an answer; null = none.</param>
    /// <param name="template">Of chats; null = none.</param>
    /// <param name="padding">The token that fills short texts; null = none.</param>
    /// <exception cref="FormatException">GGUF has no place for this kind of tokenizer.</exception>
    public static IReadOnlyList<(string Key, GgufValue Value)> Of(string path, int rows, int? begin, int? end, string? template,
        int? padding = null)
    {
        var (root, tokenizer) = (TokenizerFile.Json(path), TokenizerReader.Read(path));
        if (tokenizer.Size > rows)
            throw new FormatException(path, $"the tokenizer has {tokenizer.Size} ids, the model {rows} rows", "expected no id without a row");
        var model = root.Required("model");
        var byteLevel = root.Optional("pre_tokenizer") is { } cutter && PreTokenizerReader.EndsInBytes(cutter);
        if (model.Optional("merges") is not { } merges || !(byteLevel || model.Flag("byte_fallback", false)))
            throw new FormatException(path, "the tokenizer is no BPE over bytes", "expected byte-level BPE, or BPE with byte_fallback",
                "export to Hugging Face or ONNX");
        var unknown = model.Optional("unk_token")?.Text();
        var tokens = Enumerable.Range(0, rows).Select(id => tokenizer.Token(id) ?? $"[PAD{id}]").ToArray();
        var types = Enumerable.Range(0, rows).Select(id => (int)TypeOf(id)).ToArray();
        var metadata = new List<(string, GgufValue)> { (Keys + "model", GgufValue.Of(byteLevel ? "gpt2" : "llama")) };
        metadata.AddRange([(Keys + "pre", GgufValue.Of(byteLevel ? Pattern(path, root) : "default")),
            (Keys + "tokens", GgufValue.Of(tokens)), (Keys + "token_type", GgufValue.Of(types))]);
        var pairs = merges.Items().Select(Pair).ToArray();
        if (byteLevel && root.Optional("normalizer") is { } normal)
        {
            if (normal.Type != "NFC")
                throw new FormatException(path, $"texts are normalised by {JsonField.Cut(normal.Type)}", "expected nothing or NFC",
                    "export to Hugging Face or ONNX");
            metadata.Add((Keys + GgufVocabulary.Composed, GgufValue.Of(true)));
        }
        if (byteLevel) metadata.Add((Keys + "merges", GgufValue.Of([.. pairs.Select(pair => $"{pair.Left} {pair.Right}")])));
        else metadata.Add((Keys + "scores", GgufValue.Of(Scores(path, tokenizer, tokens, types, pairs))));
        var unknownId = unknown is null ? null : tokenizer.Id(unknown);
        foreach (var (name, id) in new[] { ("bos", begin), ("eos", end), ("unknown", unknownId), ("padding", padding) })
            if (id is { } known) metadata.Add(($"{Keys}{name}_token_id", GgufValue.Of((uint)known)));
        int[] plain = [.. tokenizer.Encode("a", addSpecialTokens: false).Ids], whole = [.. tokenizer.Encode("a").Ids];
        metadata.Add((Keys + "add_bos_token", GgufValue.Of(whole.Length > plain.Length && whole[0] == begin)));
        metadata.Add((Keys + "add_eos_token", GgufValue.Of(whole.Length > plain.Length && whole[^1] == end && plain[^1] != end)));
        if (!byteLevel)
            metadata.Add((Keys + "add_space_prefix", GgufValue.Of(tokenizer.Token(plain[0])!.StartsWith(SentencePieceNormalizer.Mark))));
        if (template is not null) metadata.Add(("tokenizer.chat_template", GgufValue.Of(template)));
        return metadata;

        PieceType TypeOf(int id)
        {
            var token = tokenizer.Token(id);
            if (token is null) return PieceType.Unused;
            if (token == unknown) return PieceType.Unknown;
            if (tokenizer.AddedTokens.Any(added => added.Id == id))
                return tokenizer.IsSpecial(id) ? PieceType.Control : PieceType.UserDefined;
            return !byteLevel && token is ['<', '0', 'x', _, _, '>'] ? PieceType.Byte : PieceType.Normal;
        }
    }

    /// <summary>The name of the word pattern that tokenizer.json states.</summary>
    private static string Pattern(string path, JsonField root)
    {
        var regexes = Steps(root.Required("pre_tokenizer")).Where(step => step.Type is "Split" || (step.Type == "ByteLevel"
            && step.Flag("use_regex", true))).Select(step => step.Type == "Split"
                ? step.Required("pattern").Optional("Regex")?.Text() ?? "" : WordPattern.Gpt2Text).ToArray();
        return GgufVocabulary.WordPatterns.FirstOrDefault(known => regexes is [var only] && only == known.Pattern).Name
            ?? throw new FormatException(path, $"words are cut by {string.Join(" then ", regexes.Select(JsonField.Cut).DefaultIfEmpty("nothing"))}",
                $"expected the pattern of {string.Join(", ", GgufVocabulary.WordPatterns.Select(known => known.Name))}",
                "export to Hugging Face or ONNX");
    }

    private static IEnumerable<JsonField> Steps(JsonField field) =>
        field.Type == "Sequence" ? field.Required("pretokenizers").Items().SelectMany(Steps) : [field];

    private static (string Left, string Right) Pair(JsonField merge)
    {
        if (merge.Element.ValueKind == System.Text.Json.JsonValueKind.Array)
            return merge.Items().Select(side => side.Text()).ToArray() is [var left, var right] ? (left, right)
                : throw merge.Refuse("this is no pair", "expected two tokens");
        var line = merge.Text();
        var blank = line.IndexOf(' ');
        return blank > 0 ? (line[..blank], line[(blank + 1)..]) : throw merge.Refuse("this is no pair", "expected two tokens");
    }

    /// <summary>
    /// A token is worth the less the later its first merge comes. That orders merges as the list does only if all merges that give one
    /// token stand for one rank, and every pair that gives a token is a merge: anything else would be read as another tokenizer.
    /// </summary>
    private static float[] Scores(string path, Tokenizer tokenizer, string[] tokens, int[] types, (string Left, string Right)[] merges)
    {
        var scores = new float[tokens.Length];
        Array.Fill(scores, -merges.Length);
        var seen = new HashSet<int>();
        var listed = new HashSet<(string, string)>(merges);
        foreach (var (rank, (left, right)) in merges.Index())
            if (tokenizer.Id(left + right) is { } joined && seen.Add(joined)) scores[joined] = -rank;
        foreach (var id in seen)
            for (var cut = 1; cut < tokens[id].Length; cut++)
            {
                var (left, right) = (tokens[id][..cut], tokens[id][cut..]);
                if (Mergeable(left) && Mergeable(right) && !listed.Contains((left, right)))
                    throw new FormatException(path, $"'{JsonField.Cut(left)}' and '{JsonField.Cut(right)}' are no merge, though together they are a token",
                        "expected every such pair to be one: GGUF keeps scores, not merges", "export to Hugging Face or ONNX");
            }
        return scores;

        bool Mergeable(string token) => tokenizer.Id(token) is { } id && types[id] == (int)PieceType.Normal;
    }
}
