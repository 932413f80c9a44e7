namespace Retort.Evaluation.Metrics;

/// <summary>accuracy = (1/N) Σ_i [argmax_c z_ic = y_i].</summary>
public static class Accuracy
{
    public static double Of(Predictions predictions, int[] labels)
    {
        var right = 0;
        for (var i = 0; i < labels.Length; i++)
            if (predictions.Top(i) == labels[i])
                right++;
        return (double)right / labels.Length;
    }

    /// <summary>1 where the model is right, 0 where it is wrong: the column that paired intervals resample.</summary>
    public static double[] PerExample(Predictions predictions, int[] labels)
    {
        var right = new double[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            right[i] = predictions.Top(i) == labels[i] ? 1 : 0;
        return right;
    }
}
