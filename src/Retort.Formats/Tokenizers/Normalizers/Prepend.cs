namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Puts a text before every piece that is not empty; it counts as coming from the first character.</summary>
internal sealed class Prepend(string text) : INormalizer
{
    public TextPiece Normalize(TextPiece piece)
    {
        if (piece.Length == 0) return piece;
        var origins = new (int Start, int End)[text.Length + piece.Length];
        var first = piece.Length > 1 && char.IsSurrogatePair(piece.Span[0], piece.Span[1]) ? 2 : 1;
        origins.AsSpan(0, text.Length).Fill(piece.Original(0, first));
        for (var i = 0; i < piece.Length; i++) origins[text.Length + i] = piece.Original(i, i + 1);
        return new TextPiece(string.Concat(text, piece.Span), origins);
    }
}
