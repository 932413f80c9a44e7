namespace Retort.Evaluation.Metrics;

/// <summary>One bin of a reliability diagram: confidences in (From, To], the first one including 0.</summary>
public sealed record ReliabilityBin(double From, double To, int Examples, double MeanConfidence, double Accuracy);

/// <summary>
/// ECE = Σ_m (n_m / N) |accuracy_m − confidence_m| over 15 equal-width bins of the largest probability
/// (Guo et al. 2017, eq. 3; Naeini et al. 2015). At T = 1, whatever temperature the student was trained with.
/// </summary>
public static class ExpectedCalibrationError
{
    public const int Bins = 15;

    public static double Of(Predictions predictions, int[] labels, double temperature = 1)
        => Of(Reliability(predictions, labels, temperature));

    public static double Of(IReadOnlyList<ReliabilityBin> bins)
    {
        var examples = bins.Sum(bin => bin.Examples);
        return bins.Sum(bin => bin.Examples * Math.Abs(bin.Accuracy - bin.MeanConfidence)) / examples;
    }

    /// <summary>All 15 bins in order; an empty one has 0 examples, and its means say nothing.</summary>
    public static IReadOnlyList<ReliabilityBin> Reliability(Predictions predictions, int[] labels, double temperature = 1)
    {
        var counts = new int[Bins];
        var confidence = new double[Bins];
        var right = new int[Bins];
        for (var i = 0; i < labels.Length; i++)
        {
            var top = predictions.Top(i);
            var row = predictions.Row(i);
            var probability = Math.Exp(row[top] / temperature - LogSoftmax.LogSumExp(row, temperature));
            var bin = Math.Clamp((int)Math.Ceiling(probability * Bins) - 1, 0, Bins - 1);
            counts[bin]++;
            confidence[bin] += probability;
            if (top == labels[i])
                right[bin]++;
        }

        var bins = new ReliabilityBin[Bins];
        for (var m = 0; m < Bins; m++)
        {
            var n = Math.Max(counts[m], 1);
            bins[m] = new ReliabilityBin((double)m / Bins, (m + 1.0) / Bins, counts[m], confidence[m] / n, (double)right[m] / n);
        }

        return bins;
    }
}
