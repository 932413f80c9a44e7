using System.Buffers.Binary;
using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's precompiled_charsmap (google/sentencepiece, normalizer.cc): a double-array trie (Darts) of what is replaced, in
/// UTF-8, and behind it the replacements, each ended by a 0. At every place the longest entry counts.
/// </summary>
internal sealed class CharacterMap
{
    /// <summary>UTF-16 units of an entry; the longest in use has ten. A damaged trie could go on for ever.</summary>
    private const int LongestEntry = 64;

    /// <summary>Bytes of a replacement; the longest in use has some thirty.</summary>
    private const int LongestReplacement = 1024;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements) => (_units, _replacements) = (units, replacements);

    /// <param name="map">4 bytes with the trie's length in bytes, little endian; the trie; the replacements.</param>
    /// <param name="location">For errors.</param>
    public static CharacterMap Read(ReadOnlySpan<byte> map, string location)
    {
        if (map.Length < 4) throw Refuse(location, $"{map.Length} bytes", "expected 4 and more");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (length > map.Length - 4 || length % 4 != 0 || length == 0)
            throw Refuse(location, $"a trie of {length} bytes in {map.Length - 4}", "expected whole units of 4 bytes inside the map");
        var units = new uint[length / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + i * 4)..]);
        var replacements = map[(4 + (int)length)..];
        foreach (var range in replacements.Split((byte)0))
            if (range.End.Value - range.Start.Value is > LongestReplacement and var longest)
                throw Refuse(location, $"a replacement of {longest} bytes", $"expected at most {LongestReplacement}");
        return new CharacterMap(units, replacements.ToArray());
    }

    /// <summary>What stands instead of the longest known beginning of a text.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="units">UTF-16 units that are replaced.</param>
    /// <param name="replacement">Instead of them.</param>
    public bool TryReplace(ReadOnlySpan<char> text, out int units, out string replacement)
    {
        text = text[..Math.Min(LongestEntry, text.Length)];
        Span<byte> bytes = stackalloc byte[4];
        (units, replacement) = (0, "");
        var (found, node, taken) = (-1, Offset(_units[0]), 0u);
        for (var place = 0; place < text.Length;)
        {
            Rune.DecodeFromUtf16(text[place..], out var rune, out var length);
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                node ^= value;
                if (node >= _units.Length || Label(taken = _units[node]) != value) return Replacement(found, ref replacement);
                node ^= Offset(taken);
            }
            place += length;
            if (!HasLeaf(taken) || node >= _units.Length) continue;
            (found, units) = ((int)(_units[node] & 0x7FFFFFFF), place);
        }
        return Replacement(found, ref replacement);
    }

    private bool Replacement(int found, ref string replacement)
    {
        if ((uint)found >= _replacements.Length) return false;
        var rest = _replacements.AsSpan(found);
        var end = rest.IndexOf((byte)0);
        replacement = Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
        return true;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1u << 9) >> 6);

    private static uint Label(uint unit) => unit & (1u << 31 | 0xFF);

    private static bool HasLeaf(uint unit) => (unit >> 8 & 1) == 1;

    private static FormatException Refuse(string location, string what, string expected) =>
        new(location, $"the precompiled character map has {what}", expected, "fetch the file again");
}
