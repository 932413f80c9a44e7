using System.Globalization;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>Which classes of a row are kept. Ids ascend; log-probabilities are true ones, normalised over all classes at T = 1.</summary>
/// <param name="Ids">[K] class ids, strictly ascending.</param>
/// <param name="LogProbabilities">[K] natural logs.</param>
/// <param name="LogTail">Natural log of the mass of all classes that were not kept; −∞ when every class was.</param>
public sealed record KeptClasses(int[] Ids, double[] LogProbabilities, double LogTail);

/// <summary>
/// The recipe's rule for what is kept of a row: <c>all</c>, a count (<c>3</c>), a share of the classes (<c>5%</c>, rounded down, at
/// least 2), a probability threshold (<c>p>=0.01</c>, at least 1), or the most probable that together reach a mass
/// (<c>mass>=0.95 max 100</c>, at least 1; the limit may be absent).
/// </summary>
public sealed record LabelKeep
{
    private enum Rule { All, Count, Share, Threshold, Mass }

    private readonly Rule _rule;
    private readonly decimal _amount;
    private readonly int _limit;

    private LabelKeep(Rule rule, decimal amount, int limit = int.MaxValue) => (_rule, _amount, _limit) = (rule, amount, limit);

    public static LabelKeep All => new(Rule.All, 0);

    /// <param name="text">The recipe's text.</param>
    /// <param name="location">Where it stands, for the error.</param>
    public static LabelKeep Parse(string text, string location = "labels.keep")
    {
        var trimmed = text.Replace(" ", "", StringComparison.Ordinal);
        if (trimmed == "all") return All;
        if (trimmed.StartsWith("p>=", StringComparison.Ordinal) && Number(trimmed[3..], out var threshold) && threshold is > 0 and <= 1)
            return new(Rule.Threshold, threshold);
        if (trimmed.StartsWith("mass>=", StringComparison.Ordinal) && Mass(trimmed[6..]) is { } mass) return mass;
        if (trimmed.EndsWith('%') && Number(trimmed[..^1], out var percent) && percent is > 0 and <= 100)
            return new(Rule.Share, percent);
        if (int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1)
            return new(Rule.Count, count);
        throw new RetortException(location, $"'{text}' does not say which classes to keep.",
            "expected all, a count of at least 1 (3), a share in (0, 100] (5%), a threshold in (0, 1] (p>=0.01), or a mass in (0, 1] (mass>=0.95 max 100).",
            "write for instance keep: 5%.");
    }

    /// <summary>Classes kept in every row; null when it depends on the row.</summary>
    public int? FixedCount(int classes) => _rule switch
    {
        Rule.All => classes,
        Rule.Count => (int)Math.Min(_amount, classes),
        Rule.Share => Math.Min(classes, Math.Max(2, (int)decimal.Floor(_amount * classes / 100))),
        _ => null,
    };

    /// <summary>The most classes that one row can keep. A threshold p leaves room for at most ⌊1/p⌋ classes.</summary>
    public int MaximumCount(int classes) => _rule == Rule.Mass ? Math.Min(classes, _limit)
        : FixedCount(classes) ?? (int)Math.Max(1, Math.Min(classes, decimal.Floor(1 / _amount)));

    /// <summary>Whether a row can keep every class, however many there are, although the rule does not ask for all.</summary>
    internal bool IsUnlimited => _rule == Rule.Mass && _limit == int.MaxValue;

    /// <summary>
    /// Chooses the most probable classes of a row; equal logits are ordered by the lower id, so the choice is determined.
    /// </summary>
    public KeptClasses Select(ReadOnlySpan<float> logits)
    {
        var ids = new int[MaximumCount(logits.Length)];
        var count = new RowSelector(this).Select(logits, ids, out var normaliser, out var logTail);
        Array.Resize(ref ids, count);
        var logProbabilities = new double[count];
        for (var index = 0; index < count; index++) logProbabilities[index] = Math.Min(0, logits[ids[index]] - normaliser);
        return new(ids, logProbabilities, logTail);
    }

    /// <summary>How many of a row's best are kept.</summary>
    /// <param name="ranked">Logits of the best <see cref="MaximumCount"/>, best first.</param>
    /// <param name="normaliser">ln Σ exp(logit) over all classes.</param>
    /// <param name="classes">How many there are.</param>
    internal int Count(ReadOnlySpan<float> ranked, double normaliser, int classes)
    {
        if (FixedCount(classes) is { } count) return count;
        count = 1;
        if (_rule == Rule.Threshold)
        {
            var limit = Math.Log((double)_amount);
            while (count < ranked.Length && ranked[count] - normaliser >= limit) count++;
            return count;
        }
        var mass = Math.Exp(ranked[0] - normaliser);
        while (count < ranked.Length && mass < (double)_amount) mass += Math.Exp(ranked[count++] - normaliser);
        return count;
    }

    public override string ToString() => _rule switch
    {
        Rule.All => "all",
        Rule.Count => _amount.ToString(CultureInfo.InvariantCulture),
        Rule.Share => _amount.ToString(CultureInfo.InvariantCulture) + "%",
        Rule.Threshold => "p>=" + _amount.ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"mass>={_amount}{(IsUnlimited ? "" : $" max {_limit}")}"),
    };

    private static LabelKeep? Mass(string text)
    {
        var limit = int.MaxValue;
        var parts = text.Split("max");
        if (parts.Length > 2 || !Number(parts[0], out var mass) || mass is not (> 0 and <= 1)) return null;
        if (parts.Length == 2
            && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1)) return null;
        return new(Rule.Mass, mass, limit);
    }

    private static bool Number(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}
