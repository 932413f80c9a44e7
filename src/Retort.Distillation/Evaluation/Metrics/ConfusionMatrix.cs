namespace Retort.Evaluation.Metrics;

/// <summary>Counts [true class, predicted class]; a row sums to the class's examples.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[] counts;

    private ConfusionMatrix(int classes)
    {
        Classes = classes;
        counts = new int[classes * classes];
    }

    public int Classes { get; }

    public int this[int truth, int predicted] => counts[truth * Classes + predicted];

    public int RowTotal(int truth) => counts.AsSpan(truth * Classes, Classes).ToArray().Sum();

    public static ConfusionMatrix Of(Predictions predictions, int[] labels)
    {
        var matrix = new ConfusionMatrix(predictions.Classes);
        for (var i = 0; i < labels.Length; i++)
            matrix.counts[labels[i] * matrix.Classes + predictions.Top(i)]++;
        return matrix;
    }
}
