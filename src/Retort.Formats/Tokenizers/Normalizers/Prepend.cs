namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Puts a text before every piece that is not empty; it counts as coming from the first character.</summary>
internal sealed class Prepend(string text) : INormalizer
{
    public TextPiece Normalize(TextPiece piece)
    {
        if (piece.Length == 0) return piece;
        var built = new TextPieceBuilder(piece);
        built.Append(text, 0, char.IsSurrogatePair(piece.Span[0], piece.Length > 1 ? piece.Span[1] : ' ') ? 2 : 1);
        built.Copy(0, piece.Length);
        return built.Build();
    }
}
