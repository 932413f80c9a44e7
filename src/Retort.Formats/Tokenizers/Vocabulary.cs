namespace Retort.Formats.Tokenizers;

/// <summary>Tokens by id, and ids by token.</summary>
internal sealed class Vocabulary
{
    /// <summary>Ids that are read; the largest vocabularies in use have 262,144 tokens.</summary>
    public const int MostIds = 1 << 22;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string?[] _tokens;

    /// <param name="ids">Not negative, below <see cref="MostIds"/>.</param>
    public Vocabulary(Dictionary<string, int> ids)
    {
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new string?[ids.Count == 0 ? 0 : ids.Values.Max() + 1];
        foreach (var (token, id) in ids) _tokens[id] = token;
    }

    /// <summary>One more than the largest id.</summary>
    public int Size => _tokens.Length;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    public bool TryId(ReadOnlySpan<char> token, out int id) => _lookup.TryGetValue(token, out id);

    public int? Id(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out var id) ? id : null;

    public string? Token(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>The ids of &lt;0x00&gt; to &lt;0xFF&gt;, or null unless all are there.</summary>
    public int[]? Bytes()
    {
        var bytes = new int[256];
        for (var value = 0; value < 256; value++)
            if (!TryId($"<0x{value:X2}>", out bytes[value])) return null;
        return bytes;
    }
}
