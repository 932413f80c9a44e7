namespace Retort.Evaluation.Metrics;

/// <summary>
/// Whether a model is surer of examples that have a class than of those that have none (Hendrycks and Gimpel 2017, arXiv 1610.02136): the
/// area under the ROC curve of its largest probability, which is the chance that of one of each the first has the larger; a tie is half.
/// </summary>
public static class Detection
{
    /// <param name="inside">Examples with a class.</param>
    /// <param name="outside">Examples without.</param>
    /// <returns>In [0, 1]; 0.5 = it cannot tell.</returns>
    public static double Area(Predictions inside, Predictions outside) => Area(Largest(inside), Largest(outside));

    /// <param name="inside">Scores that should be large.</param>
    /// <param name="outside">Scores that should be small.</param>
    public static double Area(double[] inside, double[] outside)
    {
        Array.Sort(outside);
        var above = inside.Sum(score => (double)Below(outside, score, orEqual: false) + Below(outside, score, orEqual: true));
        return above / 2 / ((double)inside.Length * outside.Length);
    }

    /// <summary>How many of the sorted numbers are below a score.</summary>
    private static int Below(double[] sorted, double score, bool orEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < score || (orEqual && sorted[middle] <= score)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static double[] Largest(Predictions predictions) => [.. Enumerable.Range(0, predictions.Examples).Select(example =>
    {
        var row = predictions.Row(example);
        var (top, sum) = ((double)row[predictions.Top(example)], 0.0);
        foreach (var logit in row) sum += Math.Exp(logit - top);
        return 1 / sum;
    })];
}
