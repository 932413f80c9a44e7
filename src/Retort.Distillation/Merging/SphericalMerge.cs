namespace Retort.Merging;

/// <summary>
/// Two models along the arc between them (Shoemake 1985), a tensor as one vector: θ = (sin((1−t)Ω) θ₀ + sin(tΩ) θ₁) / sin Ω, cos Ω that of
/// the two directions. Tensors that are nearly parallel, opposite or 0 are merged linearly: no arc, or no single one, is between them.
/// </summary>
/// <param name="share">t, that of the second model, from 0 to 1.</param>
public sealed class SphericalMerge(double share) : IMergeMethod
{
    /// <summary>Of |cos Ω|: beyond it arc and line are one, or sin Ω is mostly rounding.</summary>
    public const double NearlyParallel = 0.9995;

    public bool NeedsBase => false;

    public void Merge(IReadOnlyList<float[]> models, float[]? start, Span<float> merged)
    {
        var (first, second) = (models[0], models[1]);
        var (before, after) = Shares(first, second);
        for (var i = 0; i < merged.Length; i++) merged[i] = (float)(before * first[i] + after * second[i]);
    }

    private (double First, double Second) Shares(float[] first, float[] second)
    {
        double product = 0, one = 0, other = 0;
        for (var i = 0; i < first.Length; i++)
        {
            product += (double)first[i] * second[i];
            one += (double)first[i] * first[i];
            other += (double)second[i] * second[i];
        }
        var cosine = product / Math.Sqrt(one * other);
        if (!(Math.Abs(cosine) <= NearlyParallel)) return (1 - share, share); // also where one is 0
        var angle = Math.Acos(cosine);
        return (Math.Sin((1 - share) * angle) / Math.Sin(angle), Math.Sin(share * angle) / Math.Sin(angle));
    }
}
