using System.Text;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>A way in which texts get worse in use, with a strength that is the same for everybody.</summary>
/// <param name="Name">In reports.</param>
/// <param name="Apply">From a text and its seed to a worse text.</param>
public sealed record TextDisturbance(string Name, Func<string, Seed, string> Apply)
{
    private const double MistypedShare = 0.2, DroppedShare = 0.1, UnknownShare = 0.1, LostSpaces = 0.1, DoubledSpaces = 0.1;

    /// <summary>Letters that are mistyped: words of fewer are left alone.</summary>
    private const int LeastLetters = 3;

    public static IReadOnlyList<TextDisturbance> All { get; } =
    [
        new("a typo in every fifth word", Mistype),
        new("a tenth of the words dropped", Drop),
        new("upper case", (text, _) => text.ToUpperInvariant()),
        new("spaces lost or doubled", Space),
        new("a tenth of the words unknown", Replace),
    ];

    /// <summary>A share of texts gets worse, each by one of the ways; the others are as they were.</summary>
    /// <param name="text">As it is.</param>
    /// <param name="share">Probability that it gets worse.</param>
    /// <param name="seed">Of the text.</param>
    public static string Drawn(string text, double share, Seed seed) =>
        seed.UniformDouble(0) < share ? All[seed.Below(All.Count, 1)].Apply(text, seed.Derive("way")) : text;

    /// <summary>Two neighbours change places, a letter is lost, or it is typed twice.</summary>
    private static string Mistype(string text, Seed seed) => string.Join(' ', text.Split(' ').Select((word, number) =>
    {
        var own = seed.Derive((ulong)number);
        if (word.Length < LeastLetters || own.Uniform(0) >= MistypedShare) return word;
        var place = own.Below(word.Length - 1, 1);
        return own.Below(3, 2) switch
        {
            0 => $"{word[..place]}{word[place + 1]}{word[place]}{word[(place + 2)..]}",
            1 => word.Remove(place, 1),
            _ => word.Insert(place, word[place].ToString()),
        };
    }));

    /// <summary>One word is always left.</summary>
    private static string Drop(string text, Seed seed)
    {
        var words = text.Split(' ');
        string[] kept = [.. words.Where((_, number) => seed.Uniform((ulong)number) >= DroppedShare)];
        return kept.Length > 0 ? string.Join(' ', kept) : words[0];
    }

    /// <summary>As many letters that nobody knows as a word.</summary>
    private static string Replace(string text, Seed seed) => string.Join(' ', text.Split(' ').Select((word, number) =>
    {
        var own = seed.Derive((ulong)number);
        return own.Uniform(0) >= UnknownShare ? word
            : string.Concat(word.Select((letter, place) => char.IsLetter(letter) ? (char)('a' + own.Below(26, (ulong)place + 1)) : letter));
    }));

    private static string Space(string text, Seed seed)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (var (place, letter) in text.Index())
        {
            var drawn = letter == ' ' ? seed.Uniform((ulong)place) : 1;
            if (drawn >= LostSpaces) spaced.Append(letter);
            if (drawn >= LostSpaces && drawn < LostSpaces + DoubledSpaces) spaced.Append(' ');
        }
        return spaced.ToString();
    }
}
