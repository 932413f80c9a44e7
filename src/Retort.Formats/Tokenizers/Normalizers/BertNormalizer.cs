using System.Buffers;
using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>BERT's cleaning (google-research/bert, tokenization.py): control characters, ideographs apart, accents, case.</summary>
internal static class BertNormalizer
{
    public static INormalizer Of(bool cleanText, bool handleChineseCharacters, bool stripAccents, bool lowercase)
    {
        var steps = new List<INormalizer>();
        if (cleanText || handleChineseCharacters) steps.Add(new Cleaning(cleanText, handleChineseCharacters));
        if (stripAccents) steps.AddRange([new UnicodeNormalizer(compatible: false, compose: false), RuneFilter.Accents]);
        if (lowercase) steps.Add(new Lowercase());
        return new NormalizerSequence(steps);
    }

    private sealed class Cleaning(bool cleanText, bool handleChineseCharacters) : INormalizer
    {
        /// <summary>Printable ASCII is never changed here.</summary>
        private static readonly SearchValues<char> Plain =
            SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code)]);

        public TextPiece Normalize(TextPiece piece)
        {
            var text = piece.Span;
            if (!text.ContainsAnyExcept(Plain)) return piece;
            var built = new TextPieceBuilder(piece);
            for (var place = 0; place < text.Length;)
            {
                var plain = text[place..].IndexOfAnyExcept(Plain);
                if (plain != 0)
                {
                    plain = plain < 0 ? text.Length - place : plain;
                    built.Copy(place, plain);
                    place += plain;
                    continue;
                }
                Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
                var end = place + units;
                if (handleChineseCharacters && IsIdeograph(rune.Value))
                {
                    built.Append(" ", place, end);
                    built.Copy(place, units);
                    built.Append(" ", place, end);
                }
                else if (!cleanText) built.Copy(place, units);
                else if (rune.Value is '\t' or '\n' or '\r' || Rune.IsWhiteSpace(rune) && !IsControl(rune)) built.Append(" ", place, end);
                else if (!IsControl(rune)) built.Copy(place, units);
                place = end;
            }
            return built.Build();
        }
    }

    private static bool IsControl(Rune rune) => rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;

    /// <summary>CJK ideographs, without kana and Hangul, which have spaces of their own.</summary>
    private static bool IsIdeograph(int code) => code is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF
        or >= 0x2F800 and <= 0x2FA1F;
}
