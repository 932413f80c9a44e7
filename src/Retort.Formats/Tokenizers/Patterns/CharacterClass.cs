using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.Patterns;

/// <summary>The classes that published patterns tell apart: \p{L}, \p{N}, [\r\n], other \s, and the rest.</summary>
internal enum CharacterClass : byte
{
    Other,
    Letter,
    Number,
    Space,
    NewLine,
}

internal static class CharacterClasses
{
    private static readonly CharacterClass[] Plane = [.. Enumerable.Range(0, 0x10000).Select(unit => Of((char)unit))];

    /// <summary>The class of the character at a place and how many units it has.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int place, out int length)
    {
        var unit = text[place];
        length = 1;
        if (!char.IsHighSurrogate(unit) || place + 1 == text.Length || !char.IsLowSurrogate(text[place + 1])) return Plane[unit];
        length = 2;
        return Of(Rune.GetUnicodeCategory(new Rune(unit, text[place + 1])));
    }

    /// <summary>Behind the last of the characters of one class that follow each other from a place on.</summary>
    public static int EndOf(CharacterClass kind, ReadOnlySpan<char> text, int place)
    {
        while (place < text.Length && At(text, place, out var length) == kind) place += length;
        return place;
    }

    private static CharacterClass Of(char unit) => unit is '\r' or '\n' ? CharacterClass.NewLine
        : char.IsWhiteSpace(unit) ? CharacterClass.Space
        : Of(CharUnicodeInfo.GetUnicodeCategory(unit));

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
