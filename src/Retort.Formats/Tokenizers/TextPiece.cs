namespace Retort.Formats.Tokenizers;

/// <summary>A stretch of a text that remembers which UTF-16 units of the original each of its units came from.</summary>
internal readonly struct TextPiece
{
    private readonly string _text;
    private readonly (int Start, int End)[]? _origins; // null: this is the original
    private readonly int _start;

    public TextPiece(string text, (int Start, int End)[]? origins = null) : this(text, origins, 0, text.Length)
    {
    }

    private TextPiece(string text, (int Start, int End)[]? origins, int start, int length) =>
        (_text, _origins, _start, Length) = (text, origins, start, length);

    public int Length { get; }

    public ReadOnlySpan<char> Span => _text.AsSpan(_start, Length);

    public TextPiece Slice(int start, int length) => new(_text, _origins, _start + start, length);

    /// <summary>What the units [start, end) of this piece were in the original.</summary>
    public (int Start, int End) Original(int start, int end)
    {
        if (_origins is null) return (_start + start, _start + end);
        if (start < end) return (_origins[_start + start].Start, _origins[_start + end - 1].End);
        var place = _start + start < _origins.Length ? _origins[_start + start].Start : _origins.Length > 0 ? _origins[^1].End : 0;
        return (place, place);
    }
}
