using Retort.Formats.Gguf;
using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.Normalizers;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.PostProcessors;
using Retort.Formats.Tokenizers.PreTokenizers;
using Retort.Formats.Tokenizers.SentencePiece;

namespace Retort.Formats.Tokenizers.Vocabularies;

/// <summary>The tokenizer in a GGUF file's metadata, as llama.cpp reads it.</summary>
public static class GgufVocabulary
{
    private const string Keys = "tokenizer.ggml.";

    /// <summary>Texts are brought into Unicode's form C first.</summary>
    internal const string Composed = "normalizer.nfc";

    /// <summary>How names of word patterns are spelt there, and the patterns.</summary>
    internal static IReadOnlyList<(string Name, string Pattern)> WordPatterns { get; } =
        [("gpt-2", WordPattern.Gpt2Text), ("llama-bpe", WordPattern.Cl100kText), ("qwen2", WordPattern.QwenText)];

    /// <exception cref="FormatException">There is none, it is of another kind, or its lists do not fit each other.</exception>
    public static Tokenizer Read(GgufReader file)
    {
        var (model, tokens) = (file.Text(Keys + "model"), file.Texts(Keys + "tokens"));
        if (tokens.Length is 0 or > Vocabulary.MostIds)
            throw new FormatException(file.Path, $"there are {tokens.Length} tokens", $"expected 1 to {Vocabulary.MostIds}");
        if (Array.FindIndex(tokens, token => token.Length > ModelReader.LongestToken) is >= 0 and var far)
            throw new FormatException(file.Path, $"token {far} has {tokens[far].Length} characters",
                $"expected at most {ModelReader.LongestToken}");
        var types = Types(file, tokens.Length);
        return model switch
        {
            "gpt2" => BytePairs(file, tokens, types),
            "llama" => SentencePieces(file, tokens, types),
            "bert" => BertReader.Of(file.Path, Words(tokens, types), lowercase: true),
            _ => throw new FormatException(file.Path, $"the tokenizer is of kind '{model}'", "expected gpt2, llama or bert",
                "take the tokenizer from the model's Hugging Face folder"),
        };
    }

    private static Tokenizer BytePairs(GgufReader file, string[] tokens, PieceType[] types)
    {
        var name = Has(file, "pre") ? file.Text(Keys + "pre") : "gpt-2";
        var pattern = WordPatterns.FirstOrDefault(known => known.Name == name).Pattern
            ?? throw new FormatException(file.Path, $"words are cut as '{name}' does",
                $"expected {string.Join(", ", WordPatterns.Select(known => known.Name))}",
                "take the tokenizer from the model's Hugging Face folder");
        var vocabulary = new Vocabulary(Ids(tokens));
        var merges = new List<(int, int, int)>();
        foreach (var (rank, line) in file.Texts(Keys + "merges").Index())
            merges.Add(ModelReader.Merge(line, vocabulary) ?? throw new FormatException(file.Path,
                $"merge {rank}, '{JsonField.Cut(line)}', joins no two tokens into a third", "expected two tokens that are one together"));
        return new Tokenizer(
            new BytePairModel(vocabulary, MergeTable.Of(merges), new UnknownText(null, null, fuse: false))
            {
                ByteLevel = true, WholeFirst = name == "llama-bpe",
            },
            Added(tokens, types),
            Has(file, Composed) && file.Flag(Keys + Composed) ? new UnicodeNormalizer(compatible: false, compose: true) : null,
            new PreTokenizerSequence([
                new Split(WordPattern.Named(pattern)!, SplitBehavior.Isolated, invert: false),
                new ByteLevel(addPrefixSpace: false, useRegex: false)]),
            Template(file, tokens.Length, begins: name == "llama-bpe"), new ByteLevelDecoder());
    }

    private static Tokenizer SentencePieces(GgufReader file, string[] tokens, PieceType[] types)
    {
        var scores = file.Numbers(Keys + "scores");
        if (scores.Length != tokens.Length || !scores.All(double.IsFinite))
            throw new FormatException(file.Path, $"{scores.Length} scores for {tokens.Length} tokens", "expected one finite score a token");
        var unknown = Id(file, "unknown_token_id", tokens.Length) ?? Array.IndexOf(types, PieceType.Unknown);
        // unused ids are nothing that a text could become
        var pieces = tokens.Select((token, id) => new Piece(token, (float)scores[id], id == unknown ? PieceType.Unknown
            : types[id] is PieceType.Unknown or PieceType.Unused ? PieceType.Control : types[id]));
        if ((uint)unknown >= (uint)tokens.Length)
            throw new FormatException(file.Path, $"the unknown token is number {unknown} of {tokens.Length}", "expected one of the tokens");
        var model = SentencePieceModel.Of(pieces, Id(file, "bos_token_id", tokens.Length) ?? 1, Id(file, "eos_token_id", tokens.Length) ?? 2,
            !Has(file, "add_space_prefix") || file.Flag(Keys + "add_space_prefix"));
        return SentencePieceReader.Of(file.Path, model, !Has(file, "add_bos_token") || file.Flag(Keys + "add_bos_token"),
            Has(file, "add_eos_token") && file.Flag(Keys + "add_eos_token"));
    }

    /// <summary>Here a mark begins a word and nothing goes on; BERT's own files mark what goes on.</summary>
    private static Dictionary<string, int> Words(string[] tokens, PieceType[] types) => Ids([.. tokens.Select((token, id) =>
        token.StartsWith(SentencePieceNormalizer.Mark) ? token[1..]
        : types[id] is PieceType.Control or PieceType.Unknown || (token.StartsWith('[') && token.EndsWith(']')) ? token : "##" + token)]);

    private static Dictionary<string, int> Ids(string[] tokens)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, token) in tokens.Index()) ids.TryAdd(token, id);
        return ids;
    }

    private static List<AddedToken> Added(string[] tokens, PieceType[] types) => [.. tokens.Index()
        .Where(token => token.Item.Length > 0 && types[token.Index] is PieceType.Control or PieceType.UserDefined)
        .Select(token => new AddedToken(token.Index, token.Item, types[token.Index] == PieceType.Control))];

    /// <param name="file">With keys that say so.</param>
    /// <param name="tokens">Of the vocabulary.</param>
    /// <param name="begins">Where no key says it, a text begins with a token of its own.</param>
    private static TemplateProcessing? Template(GgufReader file, int tokens, bool begins)
    {
        int[] Side(string flag, string token, bool otherwise) =>
            (Has(file, flag) ? file.Flag(Keys + flag) : otherwise) && Id(file, token, tokens) is { } id ? [id] : [];
        var (before, after) = (Side("add_bos_token", "bos_token_id", begins), Side("add_eos_token", "eos_token_id", false));
        if (before.Length + after.Length == 0) return null;
        TemplatePart[] One(int text) => [new(null, before, text), new(text, [], text), new(null, after, text)];
        return new TemplateProcessing(One(0), [.. One(0), .. One(1)]);
    }

    private static PieceType[] Types(GgufReader file, int count)
    {
        if (!Has(file, "token_type")) return [.. Enumerable.Repeat(PieceType.Normal, count)];
        var types = Array.ConvertAll(file.Numbers(Keys + "token_type"), number => (PieceType)number);
        return types.Length == count && types.All(Enum.IsDefined) ? types
            : throw new FormatException(file.Path, $"{types.Length} types for {count} tokens", "expected one from 1 to 6 a token");
    }

    private static bool Has(GgufReader file, string key) => file.Metadata.ContainsKey(Keys + key);

    private static int? Id(GgufReader file, string key, int tokens)
    {
        if (!Has(file, key)) return null;
        var id = file.Number(Keys + key);
        return id >= 0 && id < tokens && id == Math.Floor(id) ? (int)id
            : throw new FormatException(file.Path, $"'{Keys}{key}' is {id:R}", $"expected the number of one of the {tokens} tokens");
    }
}
