using System.Runtime.InteropServices;
using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>NFC, NFD, NFKC and NFKD (UAX #15).</summary>
internal sealed class UnicodeNormalizer(bool compatible, bool compose) : INormalizer
{
    /// <summary>No canonical or compatible decomposition begins below this, and no combining class is other than 0.</summary>
    private const char FirstCompatible = '\u00A0', FirstCanonical = '\u00C0', FirstComposable = '\u0300';

    /// <summary>
    /// A character of the result, and how many of the text it stands for: the first part of a decomposition for one, the others for none,
    /// a composed one for all of its parts. In this order, which is tokenizers' as well, offsets grow whatever is sorted.
    /// </summary>
    private readonly record struct Part(Rune Rune, int Count);

    public TextPiece Normalize(TextPiece piece)
    {
        var first = compatible ? FirstCompatible : compose ? FirstComposable : FirstCanonical;
        if (piece.Span.IndexOfAnyExceptInRange('\0', (char)(first - 1)) < 0) return piece;
        var places = new List<int>(piece.Length + 1);
        var parts = Decompose(piece.Span, places);
        if (compose) Compose(parts);
        var built = new TextPieceBuilder(piece);
        var next = 0;
        foreach (var (rune, count) in parts)
        {
            var at = Math.Max(0, count > 0 ? next : next - 1);
            built.Append(rune, places[at], places[at + 1]);
            next += count;
        }
        return built.Build();
    }

    /// <param name="text">Any UTF-16.</param>
    /// <param name="places">Gets where each character begins, and the end.</param>
    private List<Part> Decompose(ReadOnlySpan<char> text, List<int> places)
    {
        var tables = UnicodeTables.Instance;
        var parts = new List<Part>(text.Length);
        for (var place = 0; place < text.Length;)
        {
            places.Add(place);
            Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
            if (tables.TryDecompose(rune, compatible, out var decomposed))
                foreach (var (index, part) in decomposed.Index()) parts.Add(new Part(part, index == 0 ? 1 : 0));
            else parts.Add(new Part(rune, 1));
            place += units;
        }
        places.Add(text.Length);
        Order(CollectionsMarshal.AsSpan(parts), tables);
        return parts;
    }

    /// <summary>Marks between two starters are sorted by class, those of one class as they came.</summary>
    private static void Order(Span<Part> parts, UnicodeTables tables)
    {
        for (var start = 0; start < parts.Length;)
        {
            var end = start;
            while (end < parts.Length && tables.CombiningClass(parts[end].Rune) != 0) end++;
            if (end > start + 1)
                parts[start..end].ToArray().OrderBy(mark => tables.CombiningClass(mark.Rune)).ToArray().CopyTo(parts[start..]); // stable
            start = end + 1;
        }
    }

    private static void Compose(List<Part> parts)
    {
        var tables = UnicodeTables.Instance;
        var (starter, last, kept) = (-1, -1, 0);
        foreach (var part in parts.ToArray())
        {
            var rank = tables.CombiningClass(part.Rune);
            // Blocked when something of the same or a higher class stands between it and its starter.
            if (starter >= 0 && (last < rank || kept == starter + 1)
                && tables.TryCompose(parts[starter].Rune, part.Rune, out var composed))
            {
                parts[starter] = new Part(composed, parts[starter].Count + part.Count);
                continue;
            }
            if (rank == 0) starter = kept;
            last = rank;
            parts[kept++] = part;
        }
        parts.RemoveRange(kept, parts.Count - kept);
    }
}
