namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>One after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> normalizers) : INormalizer
{
    public TextPiece Normalize(TextPiece piece) => normalizers.Aggregate(piece, (text, normalizer) => normalizer.Normalize(text));
}
