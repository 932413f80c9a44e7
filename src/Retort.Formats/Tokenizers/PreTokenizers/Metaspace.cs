using Retort.Formats.Tokenizers.Normalizers;
using Retort.Formats.Tokenizers.Patterns;

namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>When a piece gets a leading mark.</summary>
internal enum PrependScheme
{
    Never,
    First,
    Always,
}

/// <summary>SentencePiece's view of spaces: each is a mark that leads its word.</summary>
internal sealed class Metaspace(char mark, PrependScheme prepend, bool split) : IPreTokenizer
{
    private readonly INormalizer _spaces = new Replace(new LiteralPattern(" "), mark.ToString()), _lead = new Prepend(mark.ToString());
    private readonly IPreTokenizer _words = new Split(new LiteralPattern(mark.ToString()), SplitBehavior.MergedWithNext, invert: false);

    public void Split(TextPiece piece, List<TextPiece> pieces)
    {
        if (piece.Span.Contains(' ')) piece = _spaces.Normalize(piece);
        var leads = prepend == PrependScheme.Always || prepend == PrependScheme.First && piece.Original(0, 0).Start == 0;
        if (leads && piece.Length > 0 && piece.Span[0] != mark) piece = _lead.Normalize(piece);
        if (split && piece.Length > 1 && piece.Span[1..].Contains(mark)) _words.Split(piece, pieces);
        else pieces.Add(piece);
    }
}
