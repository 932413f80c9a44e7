using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.Normalizers;
using Retort.Formats.Tokenizers.PostProcessors;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Vocabularies;

/// <summary>Reads BERT's vocab.txt: one token a line, its id the number of lines before it.</summary>
public static class BertReader
{
    private const int MostCharactersOfWord = 100;

    /// <param name="path">vocab.txt.</param>
    /// <param name="lowercase">The vocabulary is of small letters without accents.</param>
    /// <exception cref="FormatException">It cannot be read, or lacks [UNK], [CLS] or [SEP].</exception>
    public static Tokenizer Read(string path, bool lowercase)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, token) in TokenizerFile.Lines(path).Index())
        {
            if (token.Length is 0 or > ModelReader.LongestToken || id == Vocabulary.MostIds)
                throw new FormatException($"{path}:{id + 1}", $"a token of {token.Length} characters, number {id}",
                    $"expected 1 to {ModelReader.LongestToken} characters, and at most {Vocabulary.MostIds} tokens", "check the path");
            ids.TryAdd(token, id);
        }
        return Of(path, ids, lowercase);
    }

    internal static Tokenizer Of(string path, Dictionary<string, int> ids, bool lowercase)
    {
        var vocabulary = new Vocabulary(ids);
        var (unknown, first, last) = (Id("[UNK]"), Id("[CLS]"), Id("[SEP]"));
        TemplatePart[] single = [new(null, [first], 0), new(0, [], 0), new(null, [last], 0)];
        return new Tokenizer(new WordPieceModel(vocabulary, unknown, "##", MostCharactersOfWord), Special(vocabulary),
            BertNormalizer.Of(cleanText: true, handleChineseCharacters: true, stripAccents: lowercase, lowercase),
            new BertPreTokenizer(), new TemplateProcessing(single, [.. single, new(1, [], 1), new(null, [last], 1)]),
            WordPieceDecoder.Of("##", cleanup: true));

        int Id(string token) => vocabulary.Id(token)
            ?? throw new FormatException(path, $"there is no {token} among {ids.Count} tokens", "expected [UNK], [CLS] and [SEP]");
    }

    private static List<AddedToken> Special(Vocabulary vocabulary) => [.. ((string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
        .Where(token => vocabulary.Id(token) is not null).Select(token => new AddedToken(vocabulary.Id(token)!.Value, token))];
}
