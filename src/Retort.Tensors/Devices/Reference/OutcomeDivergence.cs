namespace Retort.Tensors.Devices.Reference;

/// <summary>
/// Divergences between a teacher p and a student q over the same outcomes: all classes, or the kept ones and the rest as one. Beside the
/// value each gives its pulls q·∂L/∂q, from which the gradient of any q = softmax follows.
/// </summary>
internal static class OutcomeDivergence
{
    /// <summary>L and ∂L/∂(logit of an outcome/T) = pull − q·Σ pull.</summary>
    /// <param name="terms">Which divergence, and the teacher's weight in it.</param>
    /// <param name="logP">ln p; −∞ where there is no mass.</param>
    /// <param name="logQ">ln q.</param>
    public static (double Loss, double[] Slopes) Of(in RowLossTerms terms, double[] logP, double[] logQ)
    {
        double[] p = Array.ConvertAll(logP, Math.Exp), q = Array.ConvertAll(logQ, Math.Exp);
        var weight = terms.TeacherWeight;
        var (loss, pulls) = terms.Soft switch
        {
            SoftLoss.ReverseKl => Jeffreys(0, p, logP, q, logQ),
            SoftLoss.Jeffreys => Jeffreys(weight, p, logP, q, logQ),
            SoftLoss.AdaptiveKl => Jeffreys(HeadShare(p, q, terms.HeadMass), p, logP, q, logQ),
            SoftLoss.JensenShannon => JensenShannon(weight, p, logP, q, logQ),
            SoftLoss.SkewForwardKl => SkewForward(weight, p, logP, q),
            SoftLoss.SkewReverseKl => SkewReverse(weight, p, q, logQ),
            SoftLoss.TotalVariation => TotalVariation(p, q),
            SoftLoss.Interpolated => Interpolated(weight, logP, logQ),
            _ => (-RowMath.Relative(p, i => logQ[i], _ => 0), [.. p.Select(value => -value)]),
        };
        var sum = pulls.Sum();
        return (loss, [.. pulls.Select((pull, i) => pull - q[i] * sum)]);
    }

    /// <summary>
    /// w KL(p‖q) + (1 − w) KL(q‖p); pulls −w p + (1 − w) q ln(q/p). At an end the other one counts nothing, however infinite.
    /// </summary>
    private static (double Loss, double[] Pulls) Jeffreys(double weight, double[] p, double[] logP, double[] q, double[] logQ)
    {
        var reverse = weight == 1 ? new double[q.Length] : Terms(q, i => logQ[i] - logP[i]);
        var forward = weight == 0 ? 0 : RowMath.Relative(p, i => logP[i], i => logQ[i]);
        return (weight * forward + (1 - weight) * reverse.Sum(), [.. reverse.Select((term, i) => (1 - weight) * term - weight * p[i])]);
    }

    /// <summary>m = w p + (1 − w) q: w KL(p‖m) + (1 − w) KL(q‖m); pulls (1 − w) q ln(q/m).</summary>
    private static (double Loss, double[] Pulls) JensenShannon(double weight, double[] p, double[] logP, double[] q, double[] logQ)
    {
        var m = Mixture(weight, p, q);
        var own = Terms(q, i => logQ[i] - Math.Log(m[i]));
        return (weight * RowMath.Relative(p, i => logP[i], i => Math.Log(m[i])) + (1 - weight) * own.Sum(),
            [.. own.Select(term => (1 - weight) * term)]);
    }

    /// <summary>KL(p ‖ w p + (1 − w) q); pulls −(1 − w) q p/m.</summary>
    private static (double Loss, double[] Pulls) SkewForward(double weight, double[] p, double[] logP, double[] q)
    {
        var m = Mixture(weight, p, q);
        return (RowMath.Relative(p, i => logP[i], i => Math.Log(m[i])), Terms(p, i => -(1 - weight) * q[i] / m[i]));
    }

    /// <summary>KL(q ‖ w p + (1 − w) q); pulls q (ln(q/m) − (1 − w) q/m).</summary>
    private static (double Loss, double[] Pulls) SkewReverse(double weight, double[] p, double[] q, double[] logQ)
    {
        var m = Mixture(weight, p, q);
        return (RowMath.Relative(q, i => logQ[i], i => Math.Log(m[i])),
            Terms(q, i => logQ[i] - Math.Log(m[i]) - (1 - weight) * q[i] / m[i]));
    }

    /// <summary>½ Σ |p − q|; pulls ½ q sign(q − p), 0 where they are equal.</summary>
    private static (double Loss, double[] Pulls) TotalVariation(double[] p, double[] q)
    {
        double[] difference = [.. q.Select((value, i) => value - p[i])];
        return (0.5 * difference.Sum(Math.Abs),
            [.. difference.Select((value, i) => value == 0 ? 0 : 0.5 * q[i] * (value / Math.Abs(value)))]); // NaN stays
    }

    /// <summary>m = p^w q^(1 − w)/Z, a constant: KL(m‖q); pulls −m.</summary>
    private static (double Loss, double[] Pulls) Interpolated(double weight, double[] logP, double[] logQ)
    {
        var logM = RowMath.LogSoftmax([.. logP.Select((value, i) => weight * value + (1 - weight) * logQ[i])], 1);
        double[] m = [.. logM.Select(Math.Exp)];
        return (RowMath.Relative(m, i => logM[i], i => logQ[i]), [.. m.Select(value => -value)]);
    }

    /// <summary>
    /// Of the differences between p and q, the share in the head: the outcomes that are as likely as the last of the fewest that hold
    /// the mass, whatever their order. Equal distributions have no such share, and any weight gives them 0.
    /// </summary>
    private static double HeadShare(double[] p, double[] q, double headMass)
    {
        double held = 0, least = 0;
        foreach (var value in p.OrderDescending())
        {
            if (held >= headMass) break;
            held += value;
            least = value;
        }
        double[] gaps = [.. p.Select((value, i) => Math.Abs(value - q[i]))];
        var total = gaps.Sum();
        return total == 0 ? 0.5 : gaps.Where((_, i) => p[i] >= least).Sum() / total;
    }

    private static double[] Mixture(double weight, double[] p, double[] q) =>
        [.. p.Select((value, i) => weight * value + (1 - weight) * q[i])];

    /// <summary>share·value, 0 where there is no share, however infinite the value.</summary>
    private static double[] Terms(double[] shares, Func<int, double> value) =>
        [.. shares.Select((share, i) => share == 0 ? 0 : share * value(i))];
}
