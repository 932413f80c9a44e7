using Retort.Formats.Tokenizers.Patterns;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Puts a text in the place of every match; it counts as coming from the last character of the match.</summary>
internal sealed class Replace(ITextPattern pattern, string content) : INormalizer
{
    public TextPiece Normalize(TextPiece piece)
    {
        var matches = new List<(int Start, int End)>();
        pattern.Find(piece.Span, matches);
        if (matches.Count == 0) return piece;
        if (content.Length == 1 && matches.TrueForAll(match => match.End == match.Start + 1))
            return piece.With(string.Create(piece.Length, (matches, content, piece), static (units, work) =>
            {
                work.piece.Span.CopyTo(units);
                foreach (var (start, _) in work.matches) units[start] = work.content[0];
            }));
        var built = new TextPieceBuilder(piece);
        var place = 0;
        foreach (var (start, end) in matches)
        {
            built.Copy(place, start - place);
            built.Append(content, end - 1, end);
            place = end;
        }
        built.Copy(place, piece.Length - place);
        return built.Build();
    }
}
