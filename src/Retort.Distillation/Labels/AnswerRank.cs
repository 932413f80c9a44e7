namespace Retort.Labels;

/// <summary>Where an answer stands among several to the same prompt.</summary>
/// <param name="Below">Share of them that are worse, in [0, 1).</param>
/// <param name="NotAbove">Share of them that are not better, itself among them, in (0, 1].</param>
public readonly record struct AnswerRank(double Below, double NotAbove)
{
    /// <summary>
    /// How much likelier an answer is as the best of several draws than as one draw: (b^N − a^N)/(b − a) = Σ b^(N−1−i)·a^i, a being
    /// <see cref="Below"/> and b <see cref="NotAbove"/> (Sessa et al. 2024, BOND, theorem 1). Its mean over the answers is 1.
    /// </summary>
    /// <param name="draws">N, 1 or more.</param>
    public double BestOf(int draws)
    {
        var sum = 0.0;
        for (var i = 0; i < draws; i++) sum += Math.Pow(NotAbove, draws - 1 - i) * Math.Pow(Below, i);
        return sum;
    }

    /// <param name="scores">[answers] of one prompt; null = nobody could tell.</param>
    /// <returns>[answers] null where the score is.</returns>
    public static AnswerRank?[] Of(IReadOnlyList<double?> scores)
    {
        double[] known = [.. scores.OfType<double>()];
        return [.. scores.Select(score => score is not { } own ? (AnswerRank?)null : new AnswerRank(
            known.Count(other => other < own) / (double)known.Length, known.Count(other => other <= own) / (double)known.Length))];
    }
}
