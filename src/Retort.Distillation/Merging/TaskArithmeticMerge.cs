namespace Retort.Merging;

/// <summary>θ = base + Σ λᵢ (θᵢ − base) (Ilharco et al. 2023, arXiv 2212.04089, section 2). A λ below 0 takes a skill away.</summary>
/// <param name="weights">λ of each model.</param>
public sealed class TaskArithmeticMerge(IReadOnlyList<double> weights) : IMergeMethod
{
    public bool NeedsBase => true;

    public void Merge(IReadOnlyList<float[]> models, float[]? start, Span<float> merged)
    {
        for (var i = 0; i < merged.Length; i++)
        {
            double origin = start![i], sum = 0;
            for (var model = 0; model < models.Count; model++) sum += weights[model] * (models[model][i] - origin);
            merged[i] = (float)(origin + sum);
        }
    }
}
