namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>Cuts the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> preTokenizers) : IPreTokenizer
{
    public void Split(TextPiece piece, List<TextPiece> pieces)
    {
        List<TextPiece> before = [piece];
        foreach (var preTokenizer in preTokenizers)
        {
            var after = new List<TextPiece>();
            foreach (var part in before) preTokenizer.Split(part, after);
            before = after;
        }
        pieces.AddRange(before);
    }
}
