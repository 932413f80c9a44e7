using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Small letters. İ (U+0130) is the one whose small form has two characters (SpecialCasing.txt).</summary>
internal sealed class Lowercase : INormalizer
{
    private const char DottedI = '\u0130';

    public TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        if (!text.Contains(DottedI))
        {
            var small = text.ToString().ToLowerInvariant();
            if (small.Length == text.Length) return piece.With(small);
        }
        var built = new TextPieceBuilder(piece);
        for (var place = 0; place < text.Length;)
        {
            Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
            if (rune.Value == DottedI) built.Append("i\u0307", place, place + units);
            else built.Append(Rune.ToLowerInvariant(rune), place, place + units);
            place += units;
        }
        return built.Build();
    }
}
