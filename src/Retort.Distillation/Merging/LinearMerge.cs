namespace Retort.Merging;

/// <summary>θ = Σ wᵢ θᵢ / Σ wᵢ (Wortsman et al. 2022, model soups, arXiv 2203.05482).</summary>
/// <param name="weights">One a model, 0 or more, not all 0.</param>
public sealed class LinearMerge(IReadOnlyList<double> weights) : IMergeMethod
{
    private readonly double _total = weights.Sum();

    public bool NeedsBase => false;

    public void Merge(IReadOnlyList<float[]> models, float[]? start, Span<float> merged)
    {
        for (var i = 0; i < merged.Length; i++)
        {
            var sum = 0.0;
            for (var model = 0; model < models.Count; model++) sum += weights[model] * models[model][i];
            merged[i] = (float)(sum / _total);
        }
    }
}
