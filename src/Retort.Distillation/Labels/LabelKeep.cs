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
/// least 2), or a probability threshold (<c>p>=0.01</c>, at least 1).
/// </summary>
public sealed record LabelKeep
{
    private enum Rule { All, Count, Share, Threshold }

    private readonly Rule _rule;
    private readonly decimal _amount;

    private LabelKeep(Rule rule, decimal amount) => (_rule, _amount) = (rule, amount);

    public static LabelKeep All => new(Rule.All, 0);

    /// <param name="text">The recipe's text.</param>
    /// <param name="location">Where it stands, for the error.</param>
    public static LabelKeep Parse(string text, string location = "labels.keep")
    {
        var trimmed = text.Replace(" ", "", StringComparison.Ordinal);
        if (trimmed == "all") return All;
        if (trimmed.StartsWith("p>=", StringComparison.Ordinal) && Number(trimmed[3..], out var threshold) && threshold is > 0 and <= 1)
            return new(Rule.Threshold, threshold);
        if (trimmed.EndsWith('%') && Number(trimmed[..^1], out var percent) && percent is > 0 and <= 100)
            return new(Rule.Share, percent);
        if (int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1)
            return new(Rule.Count, count);
        throw new RetortException(location, $"'{text}' does not say which classes to keep.",
            "expected all, a count of at least 1 (3), a share in (0, 100] (5%), or a threshold in (0, 1] (p>=0.01).",
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
    public int MaximumCount(int classes) =>
        FixedCount(classes) ?? (int)Math.Max(1, Math.Min(classes, decimal.Floor(1 / _amount)));

    /// <summary>
    /// Chooses the most probable classes of a row; equal logits are ordered by the lower id, so the choice is determined.
    /// </summary>
    public KeptClasses Select(ReadOnlySpan<float> logits)
    {
        var maximum = (double)float.NegativeInfinity;
        foreach (var logit in logits) maximum = Math.Max(maximum, logit);
        var sum = 0d;
        foreach (var logit in logits) sum += Math.Exp(logit - maximum);
        var normaliser = maximum + Math.Log(sum);

        var order = new int[logits.Length];
        var keys = new float[logits.Length];
        for (var index = 0; index < order.Length; index++) (order[index], keys[index]) = (index, logits[index]);
        Array.Sort(order, (left, right) => keys[left] == keys[right] ? left.CompareTo(right) : keys[right].CompareTo(keys[left]));

        var count = FixedCount(logits.Length) ?? AboveThreshold(order, keys, normaliser);
        var tail = 0d;
        for (var rank = count; rank < order.Length; rank++) tail += Math.Exp(keys[order[rank]] - maximum);

        var ids = order[..count];
        Array.Sort(ids);
        var logProbabilities = Array.ConvertAll(ids, id => keys[id] - normaliser);
        var logTail = count == order.Length ? double.NegativeInfinity : Math.Log(tail) - Math.Log(sum);
        return new(ids, logProbabilities, logTail);
    }

    public override string ToString() => _rule switch
    {
        Rule.All => "all",
        Rule.Count => _amount.ToString(CultureInfo.InvariantCulture),
        Rule.Share => _amount.ToString(CultureInfo.InvariantCulture) + "%",
        _ => "p>=" + _amount.ToString(CultureInfo.InvariantCulture),
    };

    private int AboveThreshold(int[] order, float[] keys, double normaliser)
    {
        var limit = Math.Log((double)_amount);
        var count = 1;
        while (count < MaximumCount(order.Length) && keys[order[count]] - normaliser >= limit) count++;
        return count;
    }

    private static bool Number(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}
