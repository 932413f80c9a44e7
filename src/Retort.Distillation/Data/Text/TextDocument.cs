using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Retort.Labels;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>A text as tokens, with its end.</summary>
/// <param name="Place">Where it stands, for errors.</param>
/// <param name="Tokens">[T]</param>
/// <param name="Learnt">[T] which tokens are to be said: a prompt is read only. The first token never is.</param>
public sealed record TextDocument(string Place, int[] Tokens, bool[] Learnt)
{
    /// <summary>Number of its group in <see cref="TextPart.Groups"/>.</summary>
    public int Group { get; init; }

    /// <summary>Where it stands among the answers to its prompt; null = nobody said.</summary>
    public AnswerRank? Rank { get; init; }

    /// <summary>Tokens that are to be said.</summary>
    public int Targets { get; } = Learnt.Count(learnt => learnt);

    /// <summary>What stands before the first token that is to be said.</summary>
    public int[] Prompt => Tokens[..Array.IndexOf(Learnt, true)];

    /// <summary>The first run of tokens that are to be said.</summary>
    public int[] Answer =>
        [.. Tokens.Zip(Learnt).SkipWhile(pair => !pair.Second).TakeWhile(pair => pair.Second).Select(pair => pair.First)];

    /// <exception cref="RetortException">Nothing is to be said, or it is too long.</exception>
    public TextDocument Checked(int contextLength) =>
        Tokens.Length > contextLength ? throw new RetortException(Place, $"has {Tokens.Length} tokens.",
            $"at most data.contextLength, {contextLength}: nothing is cut silently.",
            "raise data.contextLength, or write data.tooLong: cut.")
        : Targets == 0 || Learnt[0] ? throw new RetortException(Place, "has no token that follows another and is to be learnt.",
            "a text of two tokens or more, or a prompt and its answer.", "remove the row.")
        : this;
}

/// <summary>Documents of one part of the data.</summary>
/// <param name="Documents">In their order.</param>
/// <param name="Groups">Names of groups; empty = there are none.</param>
public sealed record TextPart(IReadOnlyList<TextDocument> Documents, IReadOnlyList<string> Groups)
{
    public int Count => Documents.Count;
    public long Tokens => Documents.Sum(document => (long)document.Tokens.Length);
    public long Targets => Documents.Sum(document => (long)document.Targets);

    /// <summary>SHA-256, hexadecimal.</summary>
    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var document in Documents)
            {
                hash.AppendData(BitConverter.GetBytes(document.Tokens.Length));
                hash.AppendData(MemoryMarshal.AsBytes(document.Tokens.AsSpan()));
                hash.AppendData(MemoryMarshal.AsBytes(document.Learnt.AsSpan()));
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }
}
