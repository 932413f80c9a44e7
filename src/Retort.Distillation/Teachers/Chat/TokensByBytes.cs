using System.Text;
using Retort.Formats.Tokenizers;

namespace Retort.Teachers.Chat;

/// <summary>
/// The tokens of a vocabulary by what they say. Bytes that several pieces say stand for none of them; a byte token stands for its byte
/// only where no piece does, for so do tokenizers that fall back to bytes. What special tokens are called, nobody says by them.
/// </summary>
public sealed class TokensByBytes
{
    private readonly Tokenizer _tokenizer;
    private readonly byte[][] _bytes;
    private readonly Dictionary<string, int> _ids = [];
    private readonly int _longest;

    /// <param name="tokenizer">Of the student, which the teacher shares.</param>
    public TokensByBytes(Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _bytes = [.. Enumerable.Range(0, tokenizer.Size).Select(tokenizer.Bytes)];
        _longest = _bytes.Max(bytes => bytes.Length);
        int[] said = [.. Enumerable.Range(0, _bytes.Length).Where(id => _bytes[id].Length > 0 && !tokenizer.IsSpecial(id))];
        var pieces = said.Where(id => !IsByte(id)).GroupBy(id => KeyOf(_bytes[id])).ToList();
        foreach (var same in pieces.Where(same => same.Count() == 1)) _ids.Add(same.Key, same.First());
        var spelt = pieces.Select(same => same.Key).ToHashSet();
        foreach (var id in said.Where(IsByte))
            if (!spelt.Contains(KeyOf(_bytes[id]))) _ids.TryAdd(KeyOf(_bytes[id]), id);
    }

    public int Size => _bytes.Length;

    /// <summary>What a token adds behind itself; empty where the id is none of the vocabulary.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : [];

    /// <summary>Whether it is left out of texts.</summary>
    public bool IsSpecial(int id) => _tokenizer.IsSpecial(id);

    /// <summary>Null where no token says them, or several do.</summary>
    public int? Find(ReadOnlySpan<byte> bytes) => bytes.Length <= _longest && _ids.TryGetValue(KeyOf(bytes), out var id) ? id : null;

    /// <summary>
    /// Tokens that together say some bytes of which nobody has told the tokens: those of the tokenizer where it makes just these bytes,
    /// else the longest that fits, again and again. Empty where even a byte has no token.
    /// </summary>
    /// <param name="bytes">Within a text; they may begin or end inside a character.</param>
    public IReadOnlyList<int> Spell(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        foreach (var written in text.StartsWith(' ') ? [text[1..], text] : new[] { text }) // a blank in front is often the tokenizer's own
        {
            int[] ids = [.. _tokenizer.Encode(written, addSpecialTokens: false).Ids];
            if (bytes.SequenceEqual(ids.SelectMany(id => _bytes[id]).ToArray())) return ids;
        }
        var spelt = new List<int>();
        while (bytes.Length > 0)
        {
            var (length, found) = (Math.Min(_longest, bytes.Length), (int?)null);
            while (length > 0 && (found = Find(bytes[..length])) is null) length--;
            if (found is not { } id) return [];
            spelt.Add(id);
            bytes = bytes[length..];
        }
        return spelt;
    }

    private bool IsByte(int id) => _bytes[id].Length == 1 && _tokenizer.Token(id) is ['<', '0', 'x', _, _, '>'];

    /// <summary>A character for each byte.</summary>
    private static string KeyOf(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
