using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Whether a part is measured with what an earlier one taught: then what was learnt by heart is measured. Texts are compared without case
/// and spacing; those that are merely alike are for retort curate to find.
/// </summary>
/// <param name="rule">One of Catalog.Leaks: stop, leave-out, allow.</param>
/// <param name="path">Of the rows.</param>
/// <param name="place">file:line of a row.</param>
/// <param name="said">What is compared of a row.</param>
internal sealed class PartLeaks(string rule, string path, Func<int, string> place, Func<int, string> said)
{
    private const int Shown = 5;

    /// <summary>Part of a warning about them.</summary>
    public const string Told = "in training or validation what stands in a part behind it";

    private readonly List<string> _warnings = [];

    /// <summary>What was found and let be, with its count.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <param name="train">Rows to learn from.</param>
    /// <param name="validation">Rows to choose by.</param>
    /// <param name="test">Rows to measure with: they stay.</param>
    /// <returns>The rows that stay in training and validation.</returns>
    /// <exception cref="RetortException">There are leaks, and the rule is to stop; the first ones are named.</exception>
    public (int[] Train, int[] Validation) Kept(int[] train, int[] validation, int[] test)
    {
        var found = Between(train, "training", validation, "validation").Concat(Between(train, "training", test, "test"))
            .Concat(Between(validation, "validation", test, "test")).ToList();
        if (found.Count == 0) return (train, validation);
        var count = found.Select(leak => leak.Row).Distinct().Count();
        var counted = count == 1 ? "1 row says" : $"{count} rows say";
        if (rule == "stop")
            throw new RetortException(path, $"{counted} in one part what stands in another: "
                + string.Join("; ", found.Take(Shown).Select(leak => leak.Words)) + (found.Count > Shown ? $"; and {found.Count - Shown} more." : "."),
                "no text in two parts: what was learnt by heart is not measured.",
                "remove the doubles (retort curate finds those that are merely alike, too), or write data.leaks: leave-out, which leaves them "
                + "out of what is learnt, or allow, which counts them.");
        _warnings.Add($"{counted} {Told}"
            + (rule == "allow" ? ": they stay, and figures of that part say more than is true." : ": left out (data.leaks)."));
        if (rule == "allow") return (train, validation);
        var left = found.Select(leak => leak.Row).ToHashSet();
        return (Without(train, left, "training"), Without(validation, left, "validation"));
    }

    private int[] Without(int[] part, HashSet<int> left, string name)
    {
        int[] stay = [.. part.Where(row => !left.Contains(row))];
        return stay.Length > 0 || part.Length == 0 ? stay
            : throw new RetortException(path, $"all {part.Length} rows of the {name} part stand in a part behind it.",
                "some that do not.", "remove the doubles, or take other files.");
    }

    private IEnumerable<(int Row, string Words)> Between(int[] earlier, string name, int[] later, string other)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in later) known.TryAdd(Spelt(said(row)), row);
        foreach (var row in earlier)
            if (known.TryGetValue(Spelt(said(row)), out var same))
                yield return (row, $"{place(same)} ({other}) is {place(row)} ({name})");
    }

    private static string Spelt(string text) =>
        string.Join(' ', text.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
