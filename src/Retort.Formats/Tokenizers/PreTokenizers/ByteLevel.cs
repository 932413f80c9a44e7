using Retort.Formats.Tokenizers.Normalizers;
using Retort.Formats.Tokenizers.Patterns;

namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-2's words. That the model then looks at their bytes is not done here: <c>BytePairModel</c> is told so, and
/// spells the bytes of each word only when it meets it for the first time.
/// </summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private readonly INormalizer _space = new Prepend(" ");
    private readonly IPreTokenizer? _words = useRegex ? new Split(WordPattern.Gpt2, SplitBehavior.Isolated, invert: false) : null;

    public void Split(TextPiece piece, List<TextPiece> pieces)
    {
        if (addPrefixSpace && piece.Length > 0 && piece.Span[0] != ' ') piece = _space.Normalize(piece);
        if (_words is null) pieces.Add(piece);
        else _words.Split(piece, pieces);
    }
}
