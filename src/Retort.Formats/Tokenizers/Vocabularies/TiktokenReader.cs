using System.Globalization;
using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Vocabularies;

/// <summary>Reads tiktoken's ranks: a token in base64 and its rank a line. The rank is the id.</summary>
public static class TiktokenReader
{
    private const int LongestToken = 256;

    /// <param name="path">The ranks, plain or gzip.</param>
    /// <param name="pattern">The regular expression that cuts words; the file does not name it.</param>
    /// <param name="special">Special tokens, which the file does not name either.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static Tokenizer Read(string path, string pattern, IReadOnlyList<AddedToken>? special = null)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var buffer = new byte[LongestToken];
        foreach (var (index, line) in TokenizerFile.Lines(path).Index())
        {
            if (line.Split(' ') is not [var token, var rank] || !Convert.TryFromBase64String(token, buffer, out var count) || count == 0
                || !int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= Vocabulary.MostIds)
                throw new FormatException($"{path}:{index + 1}", "this is no token with its rank",
                    $"expected at most {LongestToken} bytes in base64, a blank, a rank below {Vocabulary.MostIds}", "fetch the file again");
            ids[ByteCharacters.Of(buffer.AsSpan(0, count))] = id;
        }
        var matches = WordPattern.Named(pattern) ?? (ITextPattern)RegexPattern.Of(pattern, $"the pattern for {path}");
        return new Tokenizer(new BytePairModel(new Vocabulary(ids), MergeTable.Of(ids, id => id), new UnknownText(null, null, fuse: false))
        {
            ByteLevel = true,
            WholeFirst = true,
        }, special ?? [], preTokenizer: new Split(matches, SplitBehavior.Isolated, invert: false), decoder: new ByteLevelDecoder());
    }
}
