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
        Grow(length);
        _text.Append(source.Span.Slice(start, length));
        for (var i = start; i < start + length; i++) _origins.Add(source.Original(i, i + 1));
    }

    /// <summary>Puts text in the place of the units [start, end) of the source.</summary>
    public void Append(ReadOnlySpan<char> text, int start, int end)
    {
        Grow(text.Length);
        _text.Append(text);
        var origin = source.Original(start, end);
        CollectionsMarshal.SetCount(_origins, _origins.Count + text.Length);
        CollectionsMarshal.AsSpan(_origins)[^text.Length..].Fill(origin);
    }

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

    public bool EndsWith(ReadOnlySpan<char> text)
    {
        if (_text.Length < text.Length) return false;
        for (var i = 0; i < text.Length; i++)
            if (_text[_text.Length - text.Length + i] != text[i]) return false;
        return true;
    }

    private void Grow(int units)
    {
        if (_text.Length > MostUnits - units)
            throw new FormatException("tokenizer", $"a text of {source.Length} characters grows to more than {MostUnits} by normalisation",
                $"expected at most {MostUnits}", "encode it in parts");
    }

    public TextPiece Build() => new(_text.ToString(), [.. _origins]);
}
