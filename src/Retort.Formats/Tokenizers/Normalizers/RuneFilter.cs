using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Leaves characters out.</summary>
/// <param name="keep">True for those that stay.</param>
/// <param name="first">All units below it stay.</param>
internal sealed class RuneFilter(Func<Rune, bool> keep, char first) : INormalizer
{
    /// <summary>StripAccents: what is left when nonspacing marks go.</summary>
    public static RuneFilter Accents { get; } = new(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark,
        first: '\u0300');

    public TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        if (text.IndexOfAnyExceptInRange('\0', (char)(first - 1)) < 0) return piece;
        var built = new TextPieceBuilder(piece);
        for (var place = 0; place < text.Length;)
        {
            Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
            if (keep(rune)) built.Copy(place, units);
            place += units;
        }
        return built.Length == piece.Length ? piece : built.Build();
    }
}
