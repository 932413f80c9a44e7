namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>
/// Cuts before every mark that follows something else. Where no token reaches across such a place this changes nothing, and short
/// words are found again while a whole text never is.
/// </summary>
internal sealed class MarkedWords(char mark) : IPreTokenizer
{
    /// <summary>Whether no token has the mark behind something else.</summary>
    public static bool MayCut(char mark, IEnumerable<string> tokens) =>
        tokens.All(token => token.AsSpan().TrimStart(mark).IndexOf(mark) < 0);

    public void Split(TextPiece piece, List<TextPiece> pieces)
    {
        var text = piece.Span;
        var start = 0;
        while (start < text.Length)
        {
            var word = text[start..].IndexOfAnyExcept(mark);
            var length = word < 0 ? -1 : text[(start + word)..].IndexOf(mark);
            var end = length < 0 ? text.Length : start + word + length;
            pieces.Add(piece.Slice(start, end - start));
            start = end;
        }
    }
}
