using Retort.Evaluation;
using Retort.Tensors;

namespace Retort.Judging;

/// <summary>
/// Two models' scores on the same examples. The interval is a paired bootstrap of the mean difference. Two cases it is too sure of are held
/// back: fewer than six pairs that differ, where not even a sign test can reach 5 % (2/2⁶), and right-or-wrong scores of which McNemar's
/// mid-p is above 5 %.
/// </summary>
public sealed class PairedScores
{
    private const int FewestDiffering = 6;
    private const double MostUngraded = 0.02;

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
        var interval = PairedBootstrap.Percentile(new PairedBootstrap(resamples, seed).Means(differences).Select(means => means[0]))!.Value;
        var signs = McNemar.Of(_a, _b);
        var outcome = Verdict.Decide(_a.Length, interval, margin);
        if (outcome is Verdict.Better or Verdict.Worse && IsChance(signs)) outcome = Verdict.NotEnoughData;
        var ungraded = _pairs - _a.Length;
        var withheld = outcome != Verdict.NotEnoughData && ungraded > MostUngraded * _pairs
            && Worst(differences, outcome, margin) != outcome;
        if (withheld) outcome = Verdict.NotEnoughData;
        var deviation = Math.Sqrt(differences.Sum(value => (value - difference) * (value - difference))
            / Math.Max(1, differences.Length - 1));
        var needed = outcome == Verdict.NotEnoughData && !withheld
            ? SampleSize.ToDecide(deviation, difference, margin, Math.Max(Verdict.FewestExamples, _a.Length + 1)) : null;
        var judgement = new ScoreJudgement(difference, interval, _a.Length, outcome, needed, ungraded);
        return judgement with { Text = JudgementText.Of(judgement, _a.Average(), _b.Average(), margin, Ungraded(ungraded, withheld)) };
    }

    private bool IsChance(McNemar signs) =>
        signs.OnlyFirst + signs.OnlySecond < FewestDiffering || (_a.Concat(_b).All(score => score is 0 or 1) && signs.MidP > 0.05);

    /// <summary>The outcome if every missing grade had gone against it.</summary>
    private string Worst(double[] differences, string outcome, double margin)
    {
        var missing = (outcome == Verdict.Worse ? 1.0 : -1.0) * (_pairs - differences.Length);
        var shift = (missing - differences.Average() * (_pairs - differences.Length)) / _pairs;
        var half = SampleSize.Normal975 * Math.Sqrt(differences.Average(value => value * value) / differences.Length);
        var mean = differences.Average() + shift;
        return Verdict.Decide(_pairs, new Interval(mean - half, mean + half), margin);
    }

    private string? Ungraded(int pairs, bool withheld) => pairs == 0 ? null
        : FormattableString.Invariant($"{pairs} of {_pairs} pairs are left out: {_ungradedA} of A and {_ungradedB} of B are ungraded.")
            + (withheld ? " That is more than 2 %, and other grades of them could turn the outcome: grade them first." : "");
}
