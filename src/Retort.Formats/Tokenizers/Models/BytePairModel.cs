using System.Runtime.InteropServices;
using System.Text;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Models;

/// <summary>Starts from characters, or from bytes spelt as characters, and joins neighbours.</summary>
/// <param name="vocabulary">Ids of all that can come out.</param>
/// <param name="merges">What may be joined.</param>
/// <param name="unknown">For characters that the vocabulary lacks.</param>
internal sealed class BytePairModel(Vocabulary vocabulary, MergeTable merges, UnknownText unknown) : ITokenModel
{
    private const char Mark = '▁';

    public Vocabulary Vocabulary => vocabulary;

    public IPreTokenizer? Words => !WholeFirst && vocabulary.Id([Mark]) is not null && MarkedWords.MayCut(Mark, vocabulary.Ids.Keys)
        ? new MarkedWords(Mark) : null;

    /// <summary>The vocabulary spells bytes (<see cref="ByteCharacters"/>).</summary>
    public bool ByteLevel { get; init; }

    /// <summary>A piece that is a token as a whole is that token, whatever merges would make of it.</summary>
    public bool WholeFirst { get; init; }

    /// <summary>Texts that are never cut or joined, with their ids; null for none.</summary>
    public TextTrie? Frozen { get; init; }

    public void Tokenize(ReadOnlySpan<char> piece, List<Token> tokens)
    {
        if (WholeFirst && Whole(piece) is { } id)
        {
            tokens.Add(new Token(id, 0, piece.Length));
            return;
        }
        var first = tokens.Count;
        if (ByteLevel) AddBytes(piece, tokens);
        else AddCharacters(piece, tokens);
        var kept = merges.Apply(CollectionsMarshal.AsSpan(tokens)[first..]);
        CollectionsMarshal.SetCount(tokens, first + kept);
    }

    private int? Whole(ReadOnlySpan<char> piece) =>
        ByteLevel ? vocabulary.Id(ByteCharacters.Of(Encoding.UTF8.GetBytes(piece.ToString()))) : vocabulary.Id(piece);

    private void AddBytes(ReadOnlySpan<char> piece, List<Token> tokens)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> spelt = stackalloc char[1];
        for (var place = 0; place < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[place..], out var rune, out var units);
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                spelt[0] = ByteCharacters.Of(value);
                if (vocabulary.TryId(spelt, out var id)) tokens.Add(new Token(id, place, place + units));
                else unknown.Add(piece, place, place + units, tokens);
            }
            place += units;
        }
    }

    private void AddCharacters(ReadOnlySpan<char> piece, List<Token> tokens)
    {
        for (var place = 0; place < piece.Length;)
        {
            var id = -1;
            var units = 0;
            if (Frozen is not null) id = Frozen.Longest(piece[place..], out units);
            if (id < 0)
            {
                Rune.DecodeFromUtf16(piece[place..], out _, out units);
                id = vocabulary.Id(piece.Slice(place, units)) ?? -1;
            }
            if (id >= 0) tokens.Add(new Token(id, place, place + units));
            else unknown.Add(piece, place, place + units, tokens);
            place += units;
        }
    }
}
