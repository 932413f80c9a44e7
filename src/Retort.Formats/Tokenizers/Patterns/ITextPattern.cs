namespace Retort.Formats.Tokenizers.Patterns;

/// <summary>What a splitter or replacer looks for.</summary>
internal interface ITextPattern
{
    /// <summary>Adds the matches in order; they do not overlap, and none is empty.</summary>
    void Find(ReadOnlySpan<char> text, List<(int Start, int End)> matches);
}
