using Retort.Evaluation;

namespace Retort.Judging.Arms;

/// <summary>Of requests: the middle one, and what one in twenty exceeds.</summary>
/// <param name="Requests">Of which it is known.</param>
/// <param name="Mean">Of all.</param>
/// <param name="Median">Half of them take no more.</param>
/// <param name="P95">19 of 20 take no more.</param>
public sealed record RequestFigures(int Requests, double Mean, double Median, double P95)
{
    /// <returns>Null where it is known of none.</returns>
    public static RequestFigures? Of(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToArray();
        return sorted.Length == 0 ? null : new RequestFigures(sorted.Length, sorted.Average(), Rank(0.5), Rank(0.95));

        double Rank(double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1]; // nearest rank
    }
}

/// <summary>One arm by itself.</summary>
/// <param name="Role">Which.</param>
/// <param name="Graded">Items with a score.</param>
/// <param name="Ungraded">Items without.</param>
/// <param name="Mean">Of the scores; null = there are none.</param>
/// <param name="Interval">95 %: Wilson's of right and wrong, a bootstrap of finer scores.</param>
/// <param name="LatencyMs">Of a whole answer.</param>
/// <param name="CostUsd">Of a request.</param>
public sealed record ArmSummary(ArmRole Role, int Graded, int Ungraded, double? Mean, Interval? Interval, RequestFigures? LatencyMs,
    RequestFigures? CostUsd)
{
    internal static ArmSummary Of(Arm arm, int resamples, ulong seed)
    {
        double[] scores = [.. arm.Items.Values.Select(item => item.Score).OfType<double>()];
        Interval? interval = scores.Length == 0 ? null
            : scores.All(score => score is 0 or 1) ? new PublishedCounts((int)scores.Sum(), scores.Length).Wilson
            : PairedBootstrap.Percentile(new PairedBootstrap(resamples, seed).Means(scores).Select(means => means[0]));
        double? mean = scores.Length == 0 ? null : scores.Average();
        return new ArmSummary(arm.Role, scores.Length, arm.Items.Count - scores.Length, mean, interval,
            RequestFigures.Of(arm.Items.Values.Select(item => item.LatencyMs)),
            RequestFigures.Of(arm.Items.Values.Select(item => item.CostUsd)));
    }
}
