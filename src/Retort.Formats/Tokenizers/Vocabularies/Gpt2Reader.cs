using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Vocabularies;

/// <summary>Reads GPT-2's pair of files: vocab.json and merges.txt.</summary>
public static class Gpt2Reader
{
    private const string EndOfText = "<|endoftext|>";

    /// <param name="vocabulary">vocab.json: tokens to ids.</param>
    /// <param name="merges">merges.txt: two tokens a line, the most frequent first, perhaps after a line #version.</param>
    /// <exception cref="FormatException">A file cannot be read, or the two do not belong together.</exception>
    public static Tokenizer Read(string vocabulary, string merges)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in TokenizerFile.Json(vocabulary).Members()) ids[token] = id.Whole(Vocabulary.MostIds - 1);
        return Of(new Vocabulary(ids), Merges(merges, new Vocabulary(ids)));
    }

    /// <summary>A byte-level tokenizer that cuts words as GPT-2 does and knows the end of a text.</summary>
    internal static Tokenizer Of(Vocabulary vocabulary, IReadOnlyList<(int, int, int)> merges) => new(
        new BytePairModel(vocabulary, MergeTable.Of(merges), new UnknownText(null, null, fuse: false)) { ByteLevel = true },
        vocabulary.Id(EndOfText) is { } end ? [new AddedToken(end, EndOfText)] : [],
        preTokenizer: new ByteLevel(addPrefixSpace: false, useRegex: true), decoder: new ByteLevelDecoder());

    private static List<(int, int, int)> Merges(string path, Vocabulary vocabulary)
    {
        var merges = new List<(int, int, int)>();
        foreach (var (index, line) in TokenizerFile.Lines(path).Index())
        {
            if (index == 0 && line.StartsWith("#version", StringComparison.Ordinal)) continue;
            merges.Add(ModelReader.Merge(line, vocabulary) ?? throw new FormatException($"{path}:{index + 1}",
                $"'{JsonField.Cut(line)}' joins no two tokens into a third", "expected two tokens that are one token together",
                "use the merges.txt that belongs to this vocabulary"));
        }
        return merges;
    }
}
