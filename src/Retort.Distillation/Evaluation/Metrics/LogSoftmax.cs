namespace Retort.Evaluation.Metrics;

/// <summary>log p_c = z_c / T − log Σ_k exp(z_k / T), in double with the maximum subtracted: finite for logits of ±1e4.</summary>
public static class LogSoftmax
{
    public static void Row(ReadOnlySpan<float> logits, Span<double> logProbabilities, double temperature = 1)
    {
        var sum = LogSumExp(logits, temperature);
        for (var c = 0; c < logits.Length; c++)
            logProbabilities[c] = logits[c] / temperature - sum;
    }

    public static double LogSumExp(ReadOnlySpan<float> logits, double temperature = 1)
    {
        var max = double.NegativeInfinity;
        foreach (var logit in logits)
            max = Math.Max(max, logit);
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp((logit - max) / temperature);
        return max / temperature + Math.Log(sum);
    }
}
