namespace Retort.Judging;

/// <summary>
/// How many examples decide, with a power of 80 % at 5 % (two-sided): n = ((z_0.975 + z_0.8)·σ / d)², where σ is the deviation of one
/// example's difference and d what has to be told from 0 (Cohen 1988, §2.4; Connor 1987 for pairs of right and wrong).
/// </summary>
public static class SampleSize
{
    public const double Normal975 = 1.959963984540054, Normal80 = 0.8416212335729143;

    /// <param name="deviation">Standard deviation of one example's difference.</param>
    /// <param name="difference">To be told from 0.</param>
    public static long ToTell(double deviation, double difference) =>
        (long)Math.Min(1e15, Math.Ceiling(Math.Pow((Normal975 + Normal80) * deviation / difference, 2)));

    /// <summary>
    /// Examples of which none may be lost before a loss of the margin is ruled out: Wilson's upper limit of none in n, z²/(n + z²), is
    /// below it then.
    /// </summary>
    /// <returns>Null without a margin.</returns>
    public static long? ToRuleOut(double margin) => margin > 0 ? (long)Math.Ceiling(Normal975 * Normal975 * (1 / margin - 1)) + 1 : null;

    /// <summary>The fewer of two: enough to tell the seen difference from 0, or to show that no more than the margin is lost.</summary>
    /// <param name="deviation">Standard deviation of one example's difference.</param>
    /// <param name="difference">As seen.</param>
    /// <param name="margin">The loss that still counts as none.</param>
    /// <param name="fewest">Below it nothing is decided.</param>
    /// <returns>Null where no number would do: there is neither a difference nor a margin.</returns>
    public static long? ToDecide(double deviation, double difference, double margin, int fewest)
    {
        long? needed = difference == 0 ? null : ToTell(deviation, difference);
        if (difference + margin > 0 && margin > 0) needed = Math.Min(needed ?? long.MaxValue, ToTell(deviation, difference + margin));
        return needed is { } count ? Math.Max(count, fewest) : null;
    }
}
