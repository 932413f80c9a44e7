namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>Cuts a text into pieces that no token reaches across.</summary>
internal interface IPreTokenizer
{
    /// <summary>Adds the pieces in order. None need be left.</summary>
    void Split(TextPiece piece, List<TextPiece> pieces);
}
