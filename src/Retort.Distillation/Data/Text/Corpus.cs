using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Texts without a class, in pieces of a context's length, for masked-language modelling.</summary>
/// <param name="Train">[texts] ids of each, with its first and last token.</param>
/// <param name="HeldOut">Nothing is trained on them, and nothing chosen by them.</param>
public sealed record Corpus(IReadOnlyList<int[]> Train, IReadOnlyList<int[]> HeldOut)
{
    private const int HeldOutShare = 20, MostHeldOut = 1000;
    private const string EndOfText = "<|endoftext|>";

    /// <summary>SHA-256 of both parts, hexadecimal.</summary>
    public string Hash { get; } = HashOf(Train, HeldOut);

    /// <summary>What stands between empty lines or marks of an end, a text each.</summary>
    /// <param name="paths">Files, plain or gzip.</param>
    public static List<string> Texts(IEnumerable<string> paths) =>
        [.. paths.SelectMany(path => TextFile.Read(path).ReplaceLineEndings("\n").Split(["\n\n", EndOfText],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(text => text.Replace('\n', ' '))];

    /// <summary>Cuts texts into pieces; a twentieth of them, and the validation texts, are held out.</summary>
    /// <param name="tokenizer">Of the encoders.</param>
    /// <param name="texts">Of <see cref="Texts"/>.</param>
    /// <param name="most">Pieces of them that are taken; 0 = all.</param>
    /// <param name="train">Rows that have a class, of the training part.</param>
    /// <param name="validation">And of the validation part.</param>
    /// <param name="contextLength">Longest piece, its first and last token included.</param>
    /// <param name="seed">Which pieces.</param>
    /// <exception cref="RetortException">A piece has no room.</exception>
    public static Corpus Of(EncoderTokenizer tokenizer, IReadOnlyList<string> texts, int most, IEnumerable<string> train,
        IEnumerable<string> validation, int contextLength, Seed seed)
    {
        var frame = tokenizer.Encode("");
        if (frame.Length != 2 || contextLength < 4)
            throw new RetortException("data.corpora", $"the tokenizer puts {frame.Length} tokens around a text of at most {contextLength}.",
                "one before and one behind it, and room for two more.", "use the tokenizer of an encoder, and a longer context.");
        int[][] Pieces(string text) => [.. tokenizer.Tokenizer.Encode(text, addSpecialTokens: false).Ids
            .Chunk(contextLength - 2).Select(ids => (int[])[frame[0], .. ids, frame[1]])];
        var pieces = texts.SelectMany(Pieces).ToArray();
        int[] order = BatchOrder.Permutation([.. Enumerable.Range(0, pieces.Length)], seed, 0);
        if (most > 0 && most < order.Length) order = order[..most];
        var held = Math.Min(order.Length / HeldOutShare, MostHeldOut);
        return new Corpus([.. order.Skip(held).Order().Select(i => pieces[i]), .. train.SelectMany(Pieces)],
            [.. order.Take(held).Order().Select(i => pieces[i]), .. validation.SelectMany(Pieces).Take(MostHeldOut)]);
    }

    private static string HashOf(params IReadOnlyList<int[]>[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var ids in parts.SelectMany(part => part))
        {
            hash.AppendData(BitConverter.GetBytes(ids.Length));
            hash.AppendData(MemoryMarshal.AsBytes(ids.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
