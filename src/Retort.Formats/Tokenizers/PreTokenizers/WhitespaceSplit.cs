namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>Words between white space.</summary>
internal sealed class WhitespaceSplit : IPreTokenizer
{
    public void Split(TextPiece piece, List<TextPiece> pieces)
    {
        var text = piece.Span;
        for (var place = 0; place < text.Length; place++)
        {
            var start = place;
            while (place < text.Length && !char.IsWhiteSpace(text[place])) place++;
            if (place > start) pieces.Add(piece.Slice(start, place - start));
        }
    }
}
