namespace Retort.Formats.Tokenizers;

/// <summary>Texts by their beginnings, to find all that start at a place in one walk.</summary>
internal sealed class TextTrie
{
    /// <summary>Beginnings that are kept; the largest vocabularies in use have two millions.</summary>
    private const int MostNodes = 1 << 23;

    /// <summary>Where every walk starts.</summary>
    public const int Root = 0;

    private readonly PackedMap _steps = new();
    private readonly List<int> _values = [-1];

    /// <param name="text">Not empty.</param>
    /// <param name="value">Not negative; a text that is added twice keeps the later one.</param>
    public void Add(ReadOnlySpan<char> text, int value)
    {
        var node = Root;
        foreach (var unit in text)
        {
            if (!_steps.TryGet(Key(node, unit), out var next))
            {
                next = _values.Count;
                if (next == MostNodes)
                    throw new FormatException("vocabulary", $"its tokens have more than {MostNodes} beginnings", "expected fewer characters",
                        "it may be hostile: use another tokenizer");
                _values.Add(-1);
                _steps.Set(Key(node, unit), next);
            }
            node = next;
        }
        _values[node] = value;
    }

    /// <summary>One unit further; false where no text goes on so.</summary>
    public bool TryStep(ref int node, char unit) => _steps.TryGet(Key(node, unit), out node);

    /// <summary>The value of the text that ends here, or −1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The value of the longest text that starts here, or −1.</summary>
    /// <param name="text">Looked at from its beginning.</param>
    /// <param name="length">Units of what was found.</param>
    public int Longest(ReadOnlySpan<char> text, out int length)
    {
        var (node, found) = (Root, -1);
        length = 0;
        for (var i = 0; i < text.Length && TryStep(ref node, text[i]); i++)
            if (_values[node] >= 0) (found, length) = (_values[node], i + 1);
        return found;
    }

    private static ulong Key(int node, char unit) => (ulong)node << 16 | unit;
}
