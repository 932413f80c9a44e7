namespace Retort.Nn.Models;

/// <summary>Radians by which a position turns each pair of a head.</summary>
public static class RotaryFrequencies
{
    /// <summary>base^(−2i/width) (Su et al. 2021, equation 15).</summary>
    public static double[] Of(int width, double @base = 10000) =>
        [.. Enumerable.Range(0, width / 2).Select(i => Math.Pow(@base, -2.0 * i / width))];

    /// <summary>Positions are squeezed into the first context (Chen et al. 2023).</summary>
    public static double[] Linear(IEnumerable<double> frequencies, double factor) =>
        [.. frequencies.Select(frequency => frequency / factor)];

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

    /// <summary>
    /// YaRN (Peng et al. 2023, section 3.2): as Llama 3.1 has it, but the mixture is linear in the number of the pair, between the pairs
    /// that turn slow and fast times within the first context.
    /// </summary>
    /// <param name="width">Of a head.</param>
    /// <param name="base">Of the first training's frequencies.</param>
    /// <param name="factor">How much longer contexts become.</param>
    /// <param name="slow">Turns of the last pair that is slowed down whole.</param>
    /// <param name="fast">Turns of the last pair that is left.</param>
    /// <param name="context">Positions of the first training.</param>
    /// <param name="wholePairs">The two pairs are rounded outwards.</param>
    public static double[] Yarn(int width, double @base, double factor, double slow, double fast, int context, bool wholePairs)
    {
        double PairOf(double turns) => width * Math.Log(context / (turns * 2 * Math.PI)) / (2 * Math.Log(@base));
        var (first, last) = (PairOf(fast), PairOf(slow));
        if (wholePairs) (first, last) = (Math.Floor(first), Math.Ceiling(last));
        (first, last) = (Math.Max(first, 0), Math.Min(last, width - 1));
        if (first == last) last += 0.001; // a step, not a division by nought
        return [.. Of(width, @base).Select((frequency, pair) =>
        {
            var slowed = Math.Clamp((pair - first) / (last - first), 0, 1);
            return slowed * frequency / factor + (1 - slowed) * frequency;
        })];
    }
}
