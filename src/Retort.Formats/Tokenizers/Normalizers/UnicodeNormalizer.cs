using System.Runtime.InteropServices;
using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD (UAX #15). Only what may change is looked at closely, from the last character before it that may not.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatible, bool compose) : INormalizer
{
    /// <summary>
    /// A character of the result, and how many of the text it stands for: the first part of a decomposition for one, the others for none,
    /// a composed one for all of its parts. In this order, which is tokenizers' as well, offsets grow whatever is sorted.
    /// </summary>
    private readonly record struct Part(Rune Rune, int Count);

    public TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        var change = FirstChange(text, 0, out var start);
        if (change == text.Length) return piece;
        var built = new TextPieceBuilder(piece);
        var done = 0;
        while (change < text.Length)
        {
            built.Copy(done, start - done);
            done = EndOfChange(text, change);
            Change(text[start..done], start, built);
            change = FirstChange(text, done, out start);
        }
        built.Copy(done, text.Length - done);
        return built.Build();
    }

    /// <summary>The first character that may change, and where the stable one before it begins.</summary>
    private int FirstChange(ReadOnlySpan<char> text, int from, out int start)
    {
        var tables = UnicodeTables.Instance;
        start = from;
        for (var place = from; place < text.Length;)
        {
            if (text[place] < UnicodeTables.FirstOfInterest)
            {
                start = place++;
                continue;
            }
            Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
            if (!tables.IsStable(rune, compatible, compose)) return place;
            start = place;
            place += units;
        }
        return text.Length;
    }

    private int EndOfChange(ReadOnlySpan<char> text, int place)
    {
        while (place < text.Length)
        {
            Rune.DecodeFromUtf16(text[place..], out var rune, out var units);
            if (UnicodeTables.Instance.IsStable(rune, compatible, compose)) break;
            place += units;
        }
        return place;
    }

    private void Change(ReadOnlySpan<char> text, int start, TextPieceBuilder built)
    {
        var places = new List<int>(text.Length + 1);
        var parts = Decompose(text, places);
        if (compose) Compose(parts);
        var next = 0;
        foreach (var (rune, count) in parts)
        {
            var at = Math.Max(0, count > 0 ? next : next - 1);
            built.Append(rune, start + places[at], start + places[at + 1]);
            next += count;
        }
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
