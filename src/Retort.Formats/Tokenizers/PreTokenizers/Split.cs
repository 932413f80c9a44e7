using Retort.Formats.Tokenizers.Patterns;

namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">Delimiters.</param>
/// <param name="behavior">Where they go.</param>
/// <param name="invert">The matches are the words, and what is between them the delimiters.</param>
internal sealed class Split(ITextPattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    void IPreTokenizer.Split(TextPiece piece, List<TextPiece> pieces)
    {
        var matches = new List<(int Start, int End)>();
        pattern.Find(piece.Span, matches);
        if (behavior == SplitBehavior.Isolated)
        {
            Isolate(piece, matches, pieces);
            return;
        }
        var last = new Cut(0, 0, false);
        foreach (var cut in Cuts(matches, piece.Length))
        {
            if (Joins(last, cut)) last = last with { End = cut.End, IsDelimiter = cut.IsDelimiter };
            else
            {
                Add(piece, last, pieces);
                last = cut;
            }
        }
        Add(piece, last, pieces);
    }

    /// <summary>The behaviour of almost every tokenizer in use, without the detour.</summary>
    private static void Isolate(TextPiece piece, List<(int Start, int End)> matches, List<TextPiece> pieces)
    {
        var place = 0;
        foreach (var (start, end) in matches)
        {
            if (start > place) pieces.Add(piece.Slice(place, start - place));
            pieces.Add(piece.Slice(start, end - start));
            place = end;
        }
        if (place < piece.Length) pieces.Add(piece.Slice(place, piece.Length - place));
    }

    private readonly record struct Cut(int Start, int End, bool IsDelimiter);

    private IEnumerable<Cut> Cuts(List<(int Start, int End)> matches, int length)
    {
        var place = 0;
        foreach (var (start, end) in matches)
        {
            if (start > place) yield return new Cut(place, start, invert);
            yield return new Cut(start, end, !invert);
            place = end;
        }
        if (place < length) yield return new Cut(place, length, invert);
    }

    private bool Joins(Cut last, Cut cut) => last.End > last.Start && behavior switch
    {
        SplitBehavior.MergedWithPrevious => cut.IsDelimiter && !last.IsDelimiter,
        SplitBehavior.MergedWithNext => last.IsDelimiter && !cut.IsDelimiter,
        SplitBehavior.Contiguous => last.IsDelimiter == cut.IsDelimiter,
        _ => false,
    };

    private void Add(TextPiece piece, Cut cut, List<TextPiece> pieces)
    {
        if (cut.End > cut.Start && !(cut.IsDelimiter && behavior == SplitBehavior.Removed))
            pieces.Add(piece.Slice(cut.Start, cut.End - cut.Start));
    }
}
