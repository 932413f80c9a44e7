using System.Text.Json;
using Retort.Formats.Tokenizers.Models;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads "model": BPE, WordPiece or Unigram.</summary>
internal static class ModelReader
{
    /// <summary>Characters of a token; the longest in use have a few hundred.</summary>
    public const int LongestToken = 1024;

    private const int MostCharactersOfWord = 10_000;

    public static ITokenModel Read(JsonField field, bool byteLevel) => TypeOf(field) switch
    {
        "BPE" => BytePair(field, byteLevel),
        "WordPiece" => WordPiece(field),
        "Unigram" => Unigram(field),
        _ => throw field.Unknown("model", "BPE, WordPiece or Unigram"),
    };

    /// <summary>Files of early versions name no type.</summary>
    private static string TypeOf(JsonField field) => field.Optional("type")?.Text()
        ?? (field.Optional("merges") is not null ? "BPE" : field.Optional("unk_id") is not null ? "Unigram" : "WordPiece");

    private static BytePairModel BytePair(JsonField field, bool byteLevel)
    {
        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (field.Text(name, "").Length > 0)
                throw field.Refuse($"'{name}' is '{JsonField.Cut(field.Text(name, ""))}'", "expected none");
        var vocabulary = VocabularyOf(field);
        var unknown = field.Optional("unk_token") is { } token ? Id(token, vocabulary) : (int?)null;
        return new BytePairModel(vocabulary, MergeTable.Of(Merges(field.Required("merges"), vocabulary)),
            new UnknownText(unknown, field.Flag("byte_fallback", false) ? vocabulary.Bytes() : null, field.Flag("fuse_unk", false)))
        {
            ByteLevel = byteLevel,
            WholeFirst = field.Flag("ignore_merges", false),
        };
    }

    private static WordPieceModel WordPiece(JsonField field)
    {
        var vocabulary = VocabularyOf(field);
        var unknown = field.Optional("unk_token") is { } token ? Id(token, vocabulary)
            : vocabulary.Id("[UNK]") ?? throw field.Refuse("there is no 'unk_token'", "expected one");
        return new WordPieceModel(vocabulary, unknown, field.Text("continuing_subword_prefix", "##"),
            field.Whole("max_input_chars_per_word", 100, MostCharactersOfWord));
    }

    private static UnigramModel Unigram(JsonField field)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var scores = new List<double>();
        foreach (var entry in field.Required("vocab").Items())
        {
            if (entry.Items().ToArray() is not [var token, var score]) throw entry.Refuse("this is no pair", "expected [token, score]");
            AddToken(ids, token.Text(), scores.Count, token);
            scores.Add(score.Number());
        }
        if (scores.Count == 0) throw field.Refuse("the vocabulary is empty", "expected tokens");
        var vocabulary = new Vocabulary(ids);
        var bytes = field.Flag("byte_fallback", false) ? vocabulary.Bytes() : null;
        return new UnigramModel(vocabulary, [.. scores], scores.Min(),
            new UnknownText(field.Optional("unk_id")?.Whole(scores.Count - 1), bytes, fuse: true), single: false);
    }

    private static Vocabulary VocabularyOf(JsonField field)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, value) in field.Required("vocab").Members()) AddToken(ids, name, value.Whole(Vocabulary.MostIds - 1), value);
        return new Vocabulary(ids);
    }

    private static void AddToken(Dictionary<string, int> ids, string token, int id, JsonField field)
    {
        if (token.Length > LongestToken)
            throw field.Refuse($"a token of {token.Length} characters", $"expected at most {LongestToken}");
        if (id >= Vocabulary.MostIds) throw field.Refuse($"token {id}", $"expected at most {Vocabulary.MostIds} tokens");
        ids.TryAdd(token, id); // the first of equal ones counts
    }

    private static List<(int, int, int)> Merges(JsonField list, Vocabulary vocabulary)
    {
        var merges = new List<(int, int, int)>();
        foreach (var item in list.Items())
        {
            var merge = item.Element.ValueKind == JsonValueKind.Array
                ? item.Items().ToArray() is [var left, var right] ? Merge(left.Text(), right.Text(), vocabulary) : null
                : Merge(item.Text(), vocabulary);
            merges.Add(merge ?? throw item.Refuse($"{JsonField.Cut(item.Element.GetRawText())} joins no two tokens into a third",
                "expected two tokens that are one token together"));
        }
        return merges;
    }

    /// <summary>A line "left right". Tokens may have blanks themselves: that one counts which leaves tokens on both sides.</summary>
    public static (int Left, int Right, int Joined)? Merge(string line, Vocabulary vocabulary)
    {
        if (line.Length > 2 * LongestToken + 1) return null;
        for (var (blank, tries) = (line.IndexOf(' '), 0); blank >= 0 && tries < 64; blank = line.IndexOf(' ', blank + 1), tries++)
            if (Merge(line[..blank], line[(blank + 1)..], vocabulary) is { } merge) return merge;
        return null;
    }

    private static (int Left, int Right, int Joined)? Merge(string left, string right, Vocabulary vocabulary) =>
        vocabulary.Id(left) is { } first && vocabulary.Id(right) is { } second && vocabulary.Id(left + right) is { } joined
        ? (first, second, joined) : null;

    private static int Id(JsonField token, Vocabulary vocabulary) => vocabulary.Id(token.Text())
        ?? throw token.Refuse($"'{JsonField.Cut(token.Text())}' is not in the vocabulary", "expected a token of the vocabulary");
}
