namespace Retort.Evaluation.Metrics;

/// <summary>NLL = (1/N) Σ_i −log softmax(z_i / T)[y_i]: one column per row, the label's (a known tool took all of them).</summary>
public static class NegativeLogLikelihood
{
    public static double Of(Predictions predictions, int[] labels, double temperature = 1)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = predictions.Row(i);
            sum += LogSoftmax.LogSumExp(row, temperature) - row[labels[i]] / temperature;
        }

        return sum / labels.Length;
    }
}
