namespace Retort.Nn.Models;

/// <summary>Radians by which a position turns each pair of a head.</summary>
public static class RotaryFrequencies
{
    /// <summary>base^(−2i/width) (Su et al. 2021, equation 15).</summary>
    public static double[] Of(int width, double @base = 10000) =>
        [.. Enumerable.Range(0, width / 2).Select(i => Math.Pow(@base, -2.0 * i / width))];

    /// <summary>
    /// Llama 3.1's stretch to longer contexts: a pair that turns slowly is slowed down by the factor, a quick one is left, and between
    /// low and high turns within the first context the two are mixed.
    /// </summary>
    /// <param name="frequencies">Those of the first training.</param>
    /// <param name="factor">How much longer contexts become.</param>
    /// <param name="low">Turns within the first context below which a pair is slow.</param>
    /// <param name="high">Turns above which it is quick.</param>
    /// <param name="context">Positions of the first training.</param>
    public static double[] Llama3(IEnumerable<double> frequencies, double factor, double low, double high, int context) =>
        [.. frequencies.Select(frequency =>
    {
        var turns = context * frequency / (2 * Math.PI);
        var share = Math.Clamp((turns - low) / (high - low), 0, 1);
        return (1 - share) * frequency / factor + share * frequency;
    })];
}
