namespace Retort.Formats.Tokenizers;

/// <summary>A stretch of a text that remembers which UTF-16 units of the original each of its units came from.</summary>
internal readonly struct TextPiece
{
    private readonly string _text;
    private readonly (int Start, int End)[]? _origins; // null: unit i of the text came from unit i + _shift
    private readonly int _start, _shift;

    public TextPiece(string text, (int Start, int End)[]? origins = null) : this(text, origins, 0, text.Length, 0)
    {
    }

    private TextPiece(string text, (int Start, int End)[]? origins, int start, int length, int shift) =>
        (_text, _origins, _start, Length, _shift) = (text, origins, start, length, shift);

    public int Length { get; }

    public ReadOnlySpan<char> Span => _text.AsSpan(_start, Length);

    public TextPiece Slice(int start, int length) => new(_text, _origins, _start + start, length, _shift);

    /// <summary>Other units in the same places.</summary>
    /// <param name="text">[<see cref="Length"/>]</param>
    public TextPiece With(string text) =>
        new(text, _origins?[_start..(_start + Length)], 0, text.Length, _origins is null ? _start + _shift : 0);

    /// <summary>What the units [start, end) of this piece were in the original.</summary>
    public (int Start, int End) Original(int start, int end)
    {
        if (_origins is null) return (_start + _shift + start, _start + _shift + end);
        if (start < end) return (_origins[_start + start].Start, _origins[_start + end - 1].End);
        var place = _start + start < _origins.Length ? _origins[_start + start].Start : _origins.Length > 0 ? _origins[^1].End : 0;
        return (place, place);
    }
}
