namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Changes the text before it is cut.</summary>
internal interface INormalizer
{
    TextPiece Normalize(TextPiece piece);
}
