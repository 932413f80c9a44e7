namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Takes white space away at either end.</summary>
internal sealed class Strip(bool left, bool right) : INormalizer
{
    public TextPiece Normalize(TextPiece piece)
    {
        var start = left ? piece.Length - piece.Span.TrimStart().Length : 0;
        var end = right ? piece.Span.TrimEnd().Length : piece.Length;
        return piece.Slice(start, Math.Max(0, end - start));
    }
}
