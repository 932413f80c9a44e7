using System.Runtime.CompilerServices;
using System.Text;
using Retort.Data.Text;
using Retort.Objectives.Sequence;

namespace Retort.Sources;

/// <summary>A text in a teacher's tokens, and which of them stand for which of the student's.</summary>
/// <param name="Document">In the teacher's tokens; what is to be said is the same.</param>
/// <param name="Spans">
/// Tokens, as numbers in both documents, that stand for the same text and are to be said; empty where the two do not read the same text.
/// </param>
/// <param name="MatchedText">Share of the text in spans of one token of each, 0 to 1.</param>
public sealed record TranslatedText(TextDocument Document, IReadOnlyList<AlignedSpan> Spans, double MatchedText);

/// <summary>
/// From texts in the student's tokens to those of a teacher. What is decoded is cut anew, prompt and answer each for itself; what ends a
/// text ends it for the other, and other special tokens are left out. Texts that were translated are kept while they live.
/// </summary>
/// <param name="own">The student's.</param>
/// <param name="their">The teacher's.</param>
public sealed class Translation(TextTokenizer own, TextTokenizer their)
{
    /// <summary>Of a UTF-16 unit: tokens that end within a character have less.</summary>
    private const int Unit = 8;

    private const char Broken = '\uFFFD';

    private readonly ConditionalWeakTable<TextDocument, TranslatedText> _known = new();

    /// <summary>[student's ids] the teacher's token of the same text, or of the end of a text; −1 = it has none.</summary>
    public int[] TeacherOf { get; } = Map(own, their);

    /// <summary>Share of the student's tokens that the teacher has too.</summary>
    public double SharedTokens => (double)TeacherOf.Count(id => id >= 0) / TeacherOf.Length;

    public TranslatedText Of(TextDocument document) => _known.GetValue(document, Translated);

    private TranslatedText Translated(TextDocument document)
    {
        var pieces = Pieces(document);
        int[] tokens = [.. pieces.SelectMany(piece => piece.Tokens)];
        bool[] learnt = [.. pieces.SelectMany(piece => Enumerable.Repeat(piece.Learnt, piece.Tokens.Length))];
        learnt[0] = false;
        var translated = new TextDocument(document.Place, tokens, learnt) { Group = document.Group };
        var (lengths, text) = Lengths(own, document.Tokens);
        var (others, other) = Lengths(their, tokens);
        if (text != other || lengths.Sum() != others.Sum()) return new(translated, [], 0);
        var alignment = TokenAlignment.Of(lengths, others);
        bool Said(AlignedSpan span) =>
            document.Learnt.AsSpan(span.StudentStart..span.StudentEnd).IndexOf(false) < 0
            && learnt.AsSpan(span.TeacherStart..span.TeacherEnd).IndexOf(false) < 0;
        return new(translated, [.. alignment.Spans.Where(Said)], alignment.MatchedBytes);
    }

    /// <summary>The first token alone is no prompt: nothing stands before it.</summary>
    private List<(int[] Tokens, bool Learnt)> Pieces(TextDocument document)
    {
        var pieces = new List<(int[] Tokens, bool Learnt)>();
        var (first, tokens) = (0, document.Tokens);
        bool Learnt(int i) => document.Learnt[i == 0 && tokens.Length > 1 ? 1 : i];
        for (var i = 0; i <= tokens.Length; i++)
        {
            var ends = i < tokens.Length && own.Ends.Contains(tokens[i]);
            if (i < tokens.Length && !ends && (i == first || Learnt(i) == Learnt(first))) continue;
            if (i > first || pieces.Count == 0)
            {
                var text = own.Tokenizer.Decode(tokens[first..i]);
                pieces.Add((pieces.Count == 0 ? their.Whole(text) : their.Plain(text), Learnt(first)));
            }
            if (ends) pieces.Add(([their.End], document.Learnt[i]));
            first = ends ? i + 1 : i;
            if (!ends && i < tokens.Length) i--; // it begins the next piece
        }
        return pieces;
    }

    /// <summary>What each token adds to the text; 0 = nothing, as an end does.</summary>
    private static (int[] Lengths, string Text) Lengths(TextTokenizer tokenizer, int[] tokens)
    {
        var (stream, text) = (tokenizer.Tokenizer.DecodeStream(), new StringBuilder());
        var lengths = new int[tokens.Length];
        var (open, last) = (0, -1);
        for (var i = 0; i < tokens.Length; i++)
        {
            var said = stream.Push(tokens[i]);
            text.Append(said);
            if (tokenizer.Tokenizer.IsSpecial(tokens[i])) continue;
            last = i;
            if (said.Length == 0) lengths[i] = 1; // a part of a character
            else lengths[i] = Unit * said.Length - open;
            open = said.Length == 0 ? open + 1 : 0;
        }
        var rest = stream.Finish();
        text.Append(rest);
        if (last >= 0 && rest.Length > 0) lengths[last] += Unit * rest.Length - open;
        return (lengths, text.ToString());
    }

    private static int[] Map(TextTokenizer own, TextTokenizer their)
    {
        var (mine, others) = (new Speller(own), new Speller(their));
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < their.Tokenizer.Size; id++)
            if (others.Spelt(id) is { } text) known.TryAdd(text, id);
        return [.. Enumerable.Range(0, own.Tokenizer.Size).Select(id =>
            mine.Spelt(id) is { } text && known.TryGetValue(text, out var other) ? other : -1)];
    }

    /// <summary>What a token says behind another: some decoders leave out a space in front of the first.</summary>
    private sealed class Speller
    {
        private readonly TextTokenizer _tokenizer;
        private readonly int[] _before;
        private readonly string _said;

        public Speller(TextTokenizer tokenizer)
        {
            _tokenizer = tokenizer;
            var plain = tokenizer.Plain("1");
            _before = plain.Length == 0 ? [] : [plain[^1]];
            _said = tokenizer.Tokenizer.Decode(_before);
        }

        /// <summary>Null = it stands for no text.</summary>
        public string? Spelt(int id)
        {
            if (_tokenizer.Ends.Contains(id)) return "\0end";
            if (_tokenizer.Tokenizer.IsSpecial(id) || _tokenizer.Tokenizer.Token(id) is not { } spelling) return null;
            var text = _tokenizer.Tokenizer.Decode([.. _before, id]);
            return text.Contains(Broken) || text.Length <= _said.Length || !text.StartsWith(_said, StringComparison.Ordinal)
                ? "\0token " + spelling
                : text[_said.Length..];
        }
    }
}
