using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.PreTokenizers;

/// <summary>Words between white space; every punctuation mark and ASCII symbol alone.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    public void Split(TextPiece piece, List<TextPiece> pieces)
    {
        var text = piece.Span;
        var word = 0;
        for (var place = 0; place < text.Length;)
        {
            Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
            var mark = IsPunctuation(rune);
            if (mark || Rune.IsWhiteSpace(rune))
            {
                if (place > word) pieces.Add(piece.Slice(word, place - word));
                if (mark) pieces.Add(piece.Slice(place, units));
                word = place + units;
            }
            place += units;
        }
        if (word < text.Length) pieces.Add(piece.Slice(word, text.Length - word));
    }

    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? char.IsPunctuation((char)rune.Value) || char.IsSymbol((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;
}
