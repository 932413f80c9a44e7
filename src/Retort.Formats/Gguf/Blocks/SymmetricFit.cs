namespace Retort.Formats.Gguf.Blocks;

/// <summary>value ≈ step·q with q from −levels to levels − 1.</summary>
internal static class SymmetricFit
{
    /// <summary>Candidates put the value farthest from 0 at −levels, up to 0.9 of a level further in or out.</summary>
    private const int Candidates = 9;

    /// <summary>The best step in the sense of Σ value²·(value − step·q)², each refined by least squares; it may be negative.</summary>
    public static float Of(ReadOnlySpan<float> values, int levels)
    {
        var farthest = Scales.Farthest(values);
        if (farthest == 0) return 0;
        var (best, error) = (0f, float.PositiveInfinity);
        for (var candidate = -Candidates; candidate <= Candidates; candidate++)
        {
            var step = Refined(values, -farthest / (levels + 0.1f * candidate), levels);
            var found = Error(values, step, levels);
            if (found < error) (best, error) = (step, found);
        }
        return best;
    }

    public static int Quantise(float value, float step, int levels) =>
        step == 0 ? 0 : Math.Clamp(Scales.Round(value / step), -levels, levels - 1);

    private static float Refined(ReadOnlySpan<float> values, float step, int levels)
    {
        var (products, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            double weight = value * value;
            var q = Quantise(value, step, levels);
            (products, squares) = (products + weight * q * value, squares + weight * q * q);
        }
        return squares > 0 ? (float)(products / squares) : step;
    }

    private static float Error(ReadOnlySpan<float> values, float step, int levels)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            var difference = value - step * Quantise(value, step, levels);
            sum += value * value * difference * difference;
        }
        return sum;
    }
}
