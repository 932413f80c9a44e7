namespace Retort.Formats.Gguf.Blocks;

/// <summary>Equal steps from the smallest value to the largest.</summary>
/// <param name="Scale">Width of a step.</param>
/// <param name="Minimum">Value of step 0.</param>
/// <param name="Steps">Number of the last step.</param>
internal readonly record struct StepRange(float Scale, float Minimum, int Steps)
{
    public static StepRange Of(ReadOnlySpan<float> values, int steps)
    {
        var (smallest, largest) = (values[0], values[0]);
        foreach (var value in values) (smallest, largest) = (MathF.Min(smallest, value), MathF.Max(largest, value));
        return new StepRange((largest - smallest) / steps, smallest, steps);
    }

    public int Step(float value) => Math.Clamp((int)((value - Minimum) * Scales.Inverse(Scale) + 0.5f), 0, Steps);

    /// <summary>Two halves.</summary>
    public void Write(Span<byte> block)
    {
        Scales.Half(block, 0, Scale);
        Scales.Half(block, 2, Minimum);
    }
}
