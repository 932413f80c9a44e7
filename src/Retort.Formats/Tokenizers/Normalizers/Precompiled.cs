using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>Replaces by a precompiled character map, the longest entry first.</summary>
internal sealed class Precompiled(CharacterMap map) : INormalizer
{
    public TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        var built = new TextPieceBuilder(piece);
        for (var place = 0; place < text.Length;)
        {
            if (map.TryReplace(text[place..], out var units, out var replacement)) built.Append(replacement, place, place + units);
            else
            {
                Rune.DecodeFromUtf16(text[place..], out _, out units);
                built.Copy(place, units);
            }
            place += units;
        }
        return built.Build();
    }
}
