namespace Retort.Merging;

/// <summary>
/// TIES (Yadav et al. 2023, arXiv 2306.01708, section 3): of each difference from the base the largest numbers stay (trim), each place
/// takes the sign with the larger sum (elect), and the mean of the differences with that sign is added (disjoint mean). The paper trims a
/// model's difference as one vector; here, as in other tools that read a tensor at a time, each tensor is trimmed by itself.
/// </summary>
/// <param name="weights">One a model, above 0: of its part in sign and mean; equal ones are the paper's.</param>
/// <param name="density">Share of the numbers that stays, above 0, at most 1.</param>
/// <param name="scale">λ, of what is added.</param>
public sealed class TiesMerge(IReadOnlyList<double> weights, double density, double scale) : IMergeMethod
{
    public bool NeedsBase => true;

    public void Merge(IReadOnlyList<float[]> models, float[]? start, Span<float> merged)
    {
        double[][] differences = [.. models.Select(model => Trimmed(model, start!))];
        for (var i = 0; i < merged.Length; i++)
        {
            var sum = 0.0;
            for (var model = 0; model < differences.Length; model++) sum += weights[model] * differences[model][i];
            double agreed = 0, shares = 0;
            for (var model = 0; model < differences.Length; model++)
            {
                var own = differences[model][i];
                if (own == 0 || Math.Sign(own) != Math.Sign(sum)) continue;
                agreed += weights[model] * own;
                shares += weights[model];
            }
            merged[i] = (float)(start![i] + (shares > 0 ? scale * agreed / shares : 0)); // signs in balance: nothing is added
        }
    }

    /// <summary>The difference, with 0 in place of its smaller numbers; of equal ones the first stay.</summary>
    private double[] Trimmed(float[] model, float[] start)
    {
        var difference = new double[model.Length];
        for (var i = 0; i < model.Length; i++) difference[i] = (double)model[i] - start[i];
        var kept = (int)Math.Min(model.Length, Math.Max(1, Math.Round(density * model.Length)));
        if (kept == model.Length) return difference;
        var sizes = Array.ConvertAll(difference, Math.Abs);
        Array.Sort(sizes);
        var least = sizes[^kept];
        var equal = Array.FindLastIndex(sizes, size => size == least) + 1 - (sizes.Length - kept); // of those that are as small as it
        for (var i = 0; i < difference.Length; i++)
        {
            var size = Math.Abs(difference[i]);
            if (size < least || (size == least && equal-- <= 0)) difference[i] = 0;
        }
        return difference;
    }
}
