using System.Text;
using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.Normalizers;
using Retort.Formats.Tokenizers.PostProcessors;

namespace Retort.Formats.Tokenizers.SentencePiece;

/// <summary>Reads a SentencePiece model (tokenizer.model): unigram or BPE. See spec.md.</summary>
public static class SentencePieceReader
{
    /// <param name="path">The model, plain or gzip.</param>
    /// <param name="addBeginning">Encoding with special tokens puts the model's beginning-of-sentence in front.</param>
    /// <param name="addEnd">Encoding with special tokens puts its end-of-sentence behind.</param>
    /// <exception cref="FormatException">It cannot be read, or is of another kind.</exception>
    public static Tokenizer Read(string path, bool addBeginning = false, bool addEnd = false) =>
        Read(path, TokenizerFile.Bytes(path), addBeginning, addEnd);

    /// <inheritdoc cref="Read(string, bool, bool)"/>
    /// <param name="name">For errors.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="addBeginning">Puts the beginning in front.</param>
    /// <param name="addEnd">Puts the end behind.</param>
    public static Tokenizer Read(string name, ReadOnlyMemory<byte> content, bool addBeginning = false, bool addEnd = false) =>
        Of(name, SentencePieceModel.Read(content, name), addBeginning, addEnd);

    internal static Tokenizer Of(string name, SentencePieceModel file, bool addBeginning, bool addEnd)
    {
        var frozen = new TextTrie();
        foreach (var (id, piece) in file.Pieces.Index())
            if (piece.Type == PieceType.UserDefined) frozen.Add(piece.Text, id);
        var map = file.CharacterMap.Length > 0 ? CharacterMap.Read(file.CharacterMap.Span, name) : null;
        var unknown = file.Pieces.FindIndex(piece => piece.Type == PieceType.Unknown);
        return new Tokenizer(Model(file, unknown, frozen, name), Controls(file), new SentencePieceNormalizer(file, map, frozen),
            postProcessor: Template(file, addBeginning, addEnd, name),
            decoder: new DecoderSequence([new ByteFallback(wholeRun: false), new SentencePieceDecoder(file, file.Pieces[unknown].Text)]));
    }

    private static ITokenModel Model(SentencePieceModel file, int unknown, TextTrie frozen, string name)
    {
        var vocabulary = new Vocabulary(Ids(file, piece => true));
        var bytes = !file.ByteFallback ? null
            : vocabulary.Bytes() ?? throw new FormatException(name, "it falls back to bytes, but lacks some", "expected <0x00> to <0xFF>");
        var fallback = new UnknownText(unknown, bytes, fuse: true);
        return file.Kind switch
        {
            SentencePieceModel.Unigram => new UnigramModel(vocabulary, Scores(file), Normal(file).Min(piece => piece.Score), fallback,
                single: true),
            SentencePieceModel.BytePair => BytePair(file, vocabulary, fallback, frozen, name),
            _ => throw new FormatException(name, $"the model is of kind {file.Kind}", "expected unigram (1) or BPE (2)",
                "words and characters are not read"),
        };
    }

    private static BytePairModel BytePair(SentencePieceModel file, Vocabulary vocabulary, UnknownText fallback, TextTrie frozen,
        string name)
    {
        if (file.Pieces.Any(piece => piece.Type == PieceType.Unused))
            throw new FormatException(name, "a BPE model has pieces that are unused", "expected none", "train it without them");
        var ranks = Normal(file).Select(piece => piece.Score).Distinct().OrderDescending().Index()
            .ToDictionary(entry => entry.Item, entry => entry.Index);
        return new BytePairModel(vocabulary,
            MergeTable.Of(Ids(file, piece => piece.Type == PieceType.Normal), id => ranks[file.Pieces[id].Score]), fallback)
        {
            Frozen = frozen,
        };
    }

    /// <summary>Ids by text; of equal pieces the first counts.</summary>
    private static Dictionary<string, int> Ids(SentencePieceModel file, Func<Piece, bool> want)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, piece) in file.Pieces.Index())
            if (want(piece)) ids.TryAdd(piece.Text, id);
        return ids;
    }

    /// <summary>A user's own piece is worth more than any cut of its text, whatever its length.</summary>
    private static double[] Scores(SentencePieceModel file)
    {
        var highest = Normal(file).Max(piece => piece.Score);
        return [.. file.Pieces.Select(piece => piece.Type switch
        {
            PieceType.Normal => piece.Score,
            PieceType.UserDefined => (float)(Encoding.UTF8.GetByteCount(piece.Text) * highest - 0.1),
            _ => double.NaN,
        })];
    }

    private static IEnumerable<Piece> Normal(SentencePieceModel file) =>
        file.Pieces.Where(piece => piece.Type == PieceType.Normal).DefaultIfEmpty();

    /// <summary>Control pieces are special, and text never becomes one.</summary>
    private static List<AddedToken> Controls(SentencePieceModel file) => [.. file.Pieces.Index()
        .Where(entry => entry.Item.Type == PieceType.Control)
        .Select(entry => new AddedToken(entry.Index, entry.Item.Text) { IsFound = false })];

    private static TemplateProcessing? Template(SentencePieceModel file, bool addBeginning, bool addEnd, string name)
    {
        if (!addBeginning && !addEnd) return null;
        TemplatePart[] before = addBeginning ? [Special(file.Beginning)] : [], after = addEnd ? [Special(file.End)] : [];
        return new TemplateProcessing([.. before, new(0, [], 0), .. after],
            [.. before, new(0, [], 0), .. after, .. before, new(1, [], 1), .. after]);

        TemplatePart Special(int id) => (uint)id < (uint)file.Pieces.Count ? new TemplatePart(null, [id], 0)
            : throw new FormatException(name, $"the model has no piece {id} to put beside a text", "expected a beginning and an end");
    }
}
