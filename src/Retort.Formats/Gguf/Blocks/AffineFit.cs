namespace Retort.Formats.Gguf.Blocks;

/// <summary>value ≈ Step·q − Offset with q from 0 to a largest step, and Offset not negative.</summary>
/// <param name="Step">Width of a step, ≥ 0.</param>
/// <param name="Offset">What is taken off, ≥ 0.</param>
internal readonly record struct AffineFit(float Step, float Offset)
{
    /// <summary>Candidates for the width of a step lie around (largest − smallest)/steps, in parts of one step.</summary>
    private const float From = -1.2f, Until = 1.2f, By = 0.1f;

    /// <summary>
    /// The best of some widths in the sense of Σ w·(value − fit)²; each is refined by least squares over the steps it leads to. Large
    /// values weigh more: w = root mean square + |value|.
    /// </summary>
    public static AffineFit Of(ReadOnlySpan<float> values, int steps)
    {
        var (smallest, largest) = (0f, values[0]);
        foreach (var value in values) (smallest, largest) = (MathF.Min(smallest, value), MathF.Max(largest, value));
        if (largest <= smallest) return new AffineFit(0, -smallest);
        var best = new AffineFit((largest - smallest) / steps, -smallest);
        var error = best.Error(values, steps);
        for (var more = From; more <= Until; more += By)
        {
            var start = new AffineFit((largest - smallest) / (steps + more), -smallest);
            for (var round = 0; round < 2; round++)
            {
                if (start.Refined(values, steps) is not { } refined) break;
                start = refined;
                var found = start.Error(values, steps);
                if (found < error) (best, error) = (start, found);
            }
        }
        return best;
    }

    /// <summary>Of the whole factors around the fit, the pair with the least error on the values.</summary>
    /// <param name="fit">Of the group.</param>
    /// <param name="values">The group.</param>
    /// <param name="scale">Of the block: Step ≈ scale·factor.</param>
    /// <param name="minimum">Of the block: Offset ≈ minimum·below.</param>
    public static (int Factor, int Below) Nearest(AffineFit fit, ReadOnlySpan<float> values, float scale, float minimum)
    {
        var (factor, below) = (Scales.Round(fit.Step * Scales.Inverse(scale)), Scales.Round(fit.Offset * Scales.Inverse(minimum)));
        var (best, error) = ((Math.Clamp(factor, 0, 63), Math.Clamp(below, 0, 63)), float.PositiveInfinity);
        for (var f = Math.Max(0, factor - 1); f <= Math.Min(63, factor + 1); f++)
            for (var b = Math.Max(0, below - 1); b <= Math.Min(63, below + 1); b++)
            {
                var found = new AffineFit(scale * f, minimum * b).Error(values, 15);
                if (found < error) (best, error) = ((f, b), found);
            }
        return best;
    }

    public static int Quantise(float value, float step, float offset, int steps) =>
        step == 0 ? 0 : Math.Clamp(Scales.Round((value + offset) / step), 0, steps);

    private float Error(ReadOnlySpan<float> values, int steps)
    {
        var spread = RootMeanSquare(values);
        var sum = 0f;
        foreach (var value in values)
        {
            var difference = Step * Quantise(value, Step, Offset, steps) - Offset - value;
            sum += (spread + MathF.Abs(value)) * difference * difference;
        }
        return sum;
    }

    /// <summary>Least squares with the steps held; null where they are all the same.</summary>
    private AffineFit? Refined(ReadOnlySpan<float> values, int steps)
    {
        var spread = RootMeanSquare(values);
        var (weights, sumQ, sumQq, sumV, sumQv) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var value in values)
        {
            double weight = spread + MathF.Abs(value);
            var q = Quantise(value, Step, Offset, steps);
            (weights, sumQ, sumQq) = (weights + weight, sumQ + weight * q, sumQq + weight * q * q);
            (sumV, sumQv) = (sumV + weight * value, sumQv + weight * q * value);
        }
        var determinant = weights * sumQq - sumQ * sumQ;
        if (determinant <= 0) return null;
        var step = (weights * sumQv - sumQ * sumV) / determinant;
        var offset = (sumQ * sumQv - sumQq * sumV) / determinant;
        if (offset < 0) (step, offset) = (sumQv / sumQq, 0); // the format cannot add
        return step > 0 ? new AffineFit((float)step, (float)offset) : null;
    }

    private static float RootMeanSquare(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values) sum += value * value;
        return MathF.Sqrt(sum / values.Length);
    }
}
