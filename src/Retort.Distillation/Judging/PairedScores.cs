using Retort.Evaluation;
using Retort.Tensors;

namespace Retort.Judging;

/// <summary>
/// Two models' scores on the same examples. The interval is a paired bootstrap of the mean difference. Three cases it is too sure of are
/// held back: fewer than six pairs that differ, where not even a sign test can reach 5 % (2/2⁶); right-or-wrong scores of which McNemar's
/// mid-p is above 5 %; and "not worse" of so few pairs that differ, where Wilson's upper limit of those that were lost is above the margin.
/// </summary>
public sealed class PairedScores
{
    private const int FewestDiffering = 6;
    internal const double MostUngraded = 0.02;

    private readonly double[] _a, _b;
    private readonly int _ungradedA, _ungradedB, _pairs;

    /// <param name="a">The one it is compared with.</param>
    /// <param name="b">The one that is judged.</param>
    /// <param name="names">Of both, for errors.</param>
    /// <exception cref="RetortException">An id has no partner, or no pair is graded.</exception>
    public PairedScores(IReadOnlyDictionary<string, double?> a, IReadOnlyDictionary<string, double?> b, (string A, string B) names)
    {
        Alone(a, b, names.A, names.B);
        Alone(b, a, names.B, names.A);
        (double A, double B)[] graded = [.. a.Where(pair => pair.Value is not null && b[pair.Key] is not null)
            .Select(pair => (pair.Value!.Value, b[pair.Key]!.Value))];
        if (graded.Length == 0) throw new RetortException(names.B, $"none of {a.Count} pairs is graded on both sides.", "at least one pair of scores.");
        (_a, _b, _pairs) = ([.. graded.Select(pair => pair.A)], [.. graded.Select(pair => pair.B)], a.Count);
        (_ungradedA, _ungradedB) = (a.Values.Count(score => score is null), b.Values.Count(score => score is null));
    }

    private static void Alone(IReadOnlyDictionary<string, double?> from, IReadOnlyDictionary<string, double?> other, string name,
        string otherName)
    {
        string[] alone = [.. from.Keys.Where(id => !other.ContainsKey(id))];
        if (alone.Length > 0)
            throw new RetortException(name, $"{alone.Length} of {from.Count} ids have no partner in {otherName} ({other.Count} ids); the first is '{alone[0]}'.",
                "the same ids in both; an output that could not be graded stays in its file, with the score null.");
    }

    /// <param name="margin">The loss that still counts as none.</param>
    /// <param name="resamples">Of the bootstrap.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public ScoreJudgement Judge(double margin, int resamples, ulong seed)
    {
        double[] differences = [.. _b.Zip(_a, (b, a) => b - a)];
        var difference = differences.Average();
        double[] means = [.. new PairedBootstrap(resamples, seed).Means(differences).Select(mean => mean[0])];
        var interval = PairedBootstrap.Percentile(means)!.Value;
        var signs = McNemar.Of(_a, _b);
        var outcome = Verdict.Decide(_a.Length, interval, margin);
        if (outcome is Verdict.Better or Verdict.Worse && IsChance(signs)) outcome = Verdict.NotEnoughData;
        var rare = outcome == Verdict.NotWorse && MayHideALoss(signs, margin);
        if (rare) outcome = Verdict.NotEnoughData;
        var ungraded = _pairs - _a.Length;
        var withheld = outcome != Verdict.NotEnoughData && ungraded > MostUngraded * _pairs
            && Verdict.Decide(_pairs, Worst(differences, outcome == Verdict.Worse), margin) != outcome;
        if (withheld) outcome = Verdict.NotEnoughData;
        var deviation = Math.Sqrt(differences.Sum(value => (value - difference) * (value - difference))
            / Math.Max(1, differences.Length - 1));
        var needed = outcome == Verdict.NotEnoughData && !withheld
            ? SampleSize.ToDecide(deviation, difference, margin, Math.Max(Verdict.FewestExamples, _a.Length + 1)) : null;
        if (rare) needed = Math.Max(needed ?? 0, SampleSize.ToRuleOut(margin) ?? 0);
        var judgement = new ScoreJudgement(difference, interval, _a.Length, outcome, needed, ungraded)
        {
            P = IsBinary ? signs.MidP
                : Math.Clamp(2.0 * Math.Min(means.Count(mean => mean <= 0), means.Count(mean => mean >= 0)) / means.Length,
                    1.0 / means.Length, 1),
            Signs = IsBinary ? signs : null,
            Deviation = deviation,
        };
        return judgement with { Text = JudgementText.Of(judgement, _a.Average(), _b.Average(), margin, Ungraded(ungraded, withheld)) };
    }

    /// <summary>Whether B loses no more than the margin, better or not.</summary>
    /// <returns>Null where the data do not say: too few of them, too few that differ, or too many without a grade.</returns>
    public bool? IsNotWorse(ScoreJudgement judgement, double margin)
    {
        bool? Of(Interval interval) => interval.Low > -margin ? true : interval.High < -margin ? false : null;
        if (_a.Length < Verdict.FewestExamples || Of(judgement.Interval) is not { } holds) return null;
        if (holds && MayHideALoss(McNemar.Of(_a, _b), margin)) return null;
        double[] differences = [.. _b.Zip(_a, (b, a) => b - a)];
        return judgement.Ungraded > MostUngraded * _pairs && Of(Worst(differences, isLoss: !holds)) != holds ? null : holds;
    }

    private bool IsBinary => _a.Concat(_b).All(score => score is 0 or 1);

    private bool IsChance(McNemar signs) => signs.OnlyFirst + signs.OnlySecond < FewestDiffering || (IsBinary && signs.MidP > 0.05);

    private bool MayHideALoss(McNemar signs, double margin) => signs.OnlyFirst + signs.OnlySecond < FewestDiffering
        && new PublishedCounts(signs.OnlyFirst, _a.Length).Wilson.High >= margin;

    /// <summary>The interval if every missing grade had gone against what was found.</summary>
    private Interval Worst(double[] differences, bool isLoss)
    {
        var missing = (isLoss ? 1.0 : -1.0) * (_pairs - differences.Length);
        var shift = (missing - differences.Average() * (_pairs - differences.Length)) / _pairs;
        var half = SampleSize.Normal975 * Math.Sqrt(differences.Average(value => value * value) / differences.Length);
        var mean = differences.Average() + shift;
        return new Interval(mean - half, mean + half);
    }

    private string? Ungraded(int pairs, bool withheld) => pairs == 0 ? null
        : FormattableString.Invariant($"{pairs} of {_pairs} pairs are left out: {_ungradedA} of A and {_ungradedB} of B are ungraded.")
            + (withheld ? " That is more than 2 %, and other grades of them could turn the outcome: grade them first." : "");
}
