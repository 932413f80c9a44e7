namespace Retort.Data;

/// <summary>Each number of an example less its mean over some rows, by its deviation there; one that never changes becomes 0.</summary>
internal sealed class Standardised
{
    private readonly double[] _means, _scales;

    private Standardised(double[] means, double[] scales) => (_means, _scales) = (means, scales);

    /// <param name="rows">The training part: nothing else may be looked at.</param>
    public static Standardised By(Dataset rows)
    {
        var (means, scales) = (new double[rows.ExampleSize], new double[rows.ExampleSize]);
        for (var i = 0; i < means.Length; i++)
        {
            double sum = 0, squares = 0;
            for (var row = 0; row < rows.Count; row++) sum += rows.Example(row)[i];
            means[i] = sum / rows.Count;
            for (var row = 0; row < rows.Count; row++) squares += Math.Pow(rows.Example(row)[i] - means[i], 2);
            scales[i] = squares > 0 ? 1 / Math.Sqrt(squares / rows.Count) : 0;
        }
        return new Standardised(means, scales);
    }

    public Dataset Of(Dataset part)
    {
        var features = new float[part.Features.Length];
        for (var i = 0; i < features.Length; i++)
            features[i] = (float)((part.Features[i] - _means[i % _means.Length]) * _scales[i % _means.Length]);
        return DatasetReader.Create(features, part.Labels, part.ExampleShape, part.ClassNames);
    }
}
