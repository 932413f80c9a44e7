using System.Globalization;
using Retort.Evaluation;
using Retort.Tensors;

namespace Retort.Judging;

/// <summary>
/// A published count of right answers, as 231/300. Two of them have no items to pair, so the interval of their difference is Newcombe's
/// from the two Wilson intervals (Newcombe 1998, Interval estimation for the difference between independent proportions, method 10).
/// </summary>
/// <param name="Right">Right answers.</param>
/// <param name="Examples">Of so many.</param>
public sealed record PublishedCounts(int Right, int Examples)
{
    /// <exception cref="RetortException">It is not written RIGHT/EXAMPLES.</exception>
    public static PublishedCounts Read(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var right)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var examples)
                && examples > 0 && right <= examples
            ? new PublishedCounts(right, examples)
            : throw new RetortException("--counts", $"'{text}' is no count.", "RIGHT/EXAMPLES, for instance 231/300, the right ones no more than the examples.");
    }

    private double Share => (double)Right / Examples;

    /// <summary>95 % interval of the share (Wilson 1927).</summary>
    public Interval Wilson
    {
        get
        {
            var square = SampleSize.Normal975 * SampleSize.Normal975;
            var centre = (Right + square / 2) / (Examples + square);
            var half = SampleSize.Normal975 * Math.Sqrt(Share * (1 - Share) * Examples + square / 4) / (Examples + square);
            return new Interval(centre - half, centre + half);
        }
    }

    /// <param name="a">The one it is compared with.</param>
    /// <param name="b">The one that is judged.</param>
    /// <param name="margin">The loss that still counts as none.</param>
    public static ScoreJudgement Judge(PublishedCounts a, PublishedCounts b, double margin)
    {
        var difference = b.Share - a.Share;
        var (ofA, ofB) = (a.Wilson, b.Wilson);
        var interval = new Interval(difference - Length(b.Share - ofB.Low, ofA.High - a.Share),
            difference + Length(ofB.High - b.Share, a.Share - ofA.Low));
        var examples = Math.Min(a.Examples, b.Examples);
        var outcome = Verdict.Decide(examples, interval, margin);
        var deviation = Math.Sqrt(a.Share * (1 - a.Share) + b.Share * (1 - b.Share));
        var needed = outcome == Verdict.NotEnoughData
            ? SampleSize.ToDecide(deviation, difference, margin, Math.Max(Verdict.FewestExamples, examples + 1)) : null;
        var judgement = new ScoreJudgement(difference, interval, examples, outcome, needed);
        return judgement with
        {
            Text = JudgementText.Of(judgement, a.Share, b.Share, margin,
                "Counts alone cannot be paired: scores of the same examples would take fewer."),
        };
    }

    private static double Length(double first, double second) => Math.Sqrt(first * first + second * second);
}
