using System.Runtime.InteropServices;
using System.Text;

namespace Retort.Formats.Tokenizers;

/// <summary>Makes a changed copy of a piece whose units still know where they came from.</summary>
internal sealed class TextPieceBuilder(TextPiece source)
{
    /// <summary>No normalizer makes a text longer than this: those of a hostile file could double it again and again.</summary>
    public const int MostUnits = 1 << 24;

    private readonly StringBuilder _text = new(source.Length);
    private readonly List<(int Start, int End)> _origins = new(source.Length);

    public int Length => _text.Length;

    /// <summary>Takes the units [start, start + length) of the source as they are.</summary>
    public void Copy(int start, int length)
    {
        var places = Grow(source.Span.Slice(start, length));
        for (var i = 0; i < length; i++) places[i] = source.Original(start + i, start + i + 1);
    }

    /// <summary>Puts text in the place of the units [start, end) of the source.</summary>
    public void Append(ReadOnlySpan<char> text, int start, int end) => Grow(text).Fill(source.Original(start, end));

    public void Append(Rune rune, int start, int end)
    {
        Span<char> units = stackalloc char[2];
        Append(units[..rune.EncodeToUtf16(units)], start, end);
    }

    /// <summary>Takes back the last units.</summary>
    public void Cut(int units)
    {
        _text.Length -= units;
        _origins.RemoveRange(_origins.Count - units, units);
    }

    public bool EndsWith(char unit) => _text.Length > 0 && _text[^1] == unit;

    public TextPiece Build() => new(_text.ToString(), [.. _origins]);

    /// <summary>Adds text; gives the places of its units to be filled in.</summary>
    private Span<(int Start, int End)> Grow(ReadOnlySpan<char> text)
    {
        if (_text.Length > MostUnits - text.Length)
            throw new FormatException("tokenizer", $"a text of {source.Length} characters grows to more than {MostUnits} by normalisation",
                $"expected at most {MostUnits}", "encode it in parts");
        _text.Append(text);
        CollectionsMarshal.SetCount(_origins, _origins.Count + text.Length);
        return CollectionsMarshal.AsSpan(_origins)[^text.Length..];
    }
}
