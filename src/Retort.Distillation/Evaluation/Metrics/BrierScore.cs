namespace Retort.Evaluation.Metrics;

/// <summary>Brier = (1/N) Σ_i Σ_c (p_ic − [c = y_i])², from 0 to 2 (Brier 1950, the sum over all classes).</summary>
public static class BrierScore
{
    public static double Of(Predictions predictions, int[] labels)
    {
        var log = new double[predictions.Classes];
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            LogSoftmax.Row(predictions.Row(i), log);
            for (var c = 0; c < log.Length; c++)
            {
                var difference = Math.Exp(log[c]) - (c == labels[i] ? 1 : 0);
                sum += difference * difference;
            }
        }

        return sum / labels.Length;
    }
}
