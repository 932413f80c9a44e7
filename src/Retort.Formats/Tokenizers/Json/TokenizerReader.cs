namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads tokenizer.json, the file of Hugging Face's tokenizers library. See spec.md.</summary>
public static class TokenizerReader
{
    /// <param name="path">tokenizer.json, plain or gzip.</param>
    /// <exception cref="FormatException">It cannot be read, or asks for a part that is not built; it says where.</exception>
    public static Tokenizer Read(string path) => Read(TokenizerFile.Json(path));

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="name">For errors.</param>
    /// <param name="content">The whole file.</param>
    public static Tokenizer Read(string name, ReadOnlyMemory<byte> content) => Read(TokenizerFile.Json(name, content));

    private static Tokenizer Read(JsonField root)
    {
        var normalizer = root.Optional("normalizer") is { } normal ? NormalizerReader.Read(normal) : null;
        var cutter = root.Optional("pre_tokenizer");
        var byteLevel = cutter is not null && PreTokenizerReader.EndsInBytes(cutter.Value);
        var model = ModelReader.Read(root.Required("model"), byteLevel);
        var added = AddedTokens(root, model.Vocabulary);
        var size = added.Select(token => token.Id + 1).Append(model.Vocabulary.Size).Max();
        return new Tokenizer(model, added, normalizer,
            cutter is null ? null : PreTokenizerReader.Read(cutter.Value),
            root.Optional("post_processor") is { } processor ? PostProcessorReader.Read(processor, model.Vocabulary, size) : null,
            root.Optional("decoder") is { } decoder ? DecoderReader.Read(decoder) : null);
    }

    private static List<AddedToken> AddedTokens(JsonField root, Vocabulary vocabulary)
    {
        var added = new List<AddedToken>();
        if (root.Optional("added_tokens") is not { } list) return added;
        foreach (var field in list.Items())
        {
            var content = field.Required("content").Text();
            if (content.Length is 0 or > ModelReader.LongestToken)
                throw field.Refuse($"a token of {content.Length} characters", $"expected 1 to {ModelReader.LongestToken}");
            added.Add(new AddedToken(vocabulary.Id(content) ?? field.Required("id").Whole(Vocabulary.MostIds - 1), content,
                field.Flag("special", false), field.Flag("single_word", false), field.Flag("lstrip", false),
                field.Flag("rstrip", false), field.Flag("normalized", true)));
        }
        return added;
    }
}
