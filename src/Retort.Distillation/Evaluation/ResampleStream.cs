namespace Retort.Evaluation;

/// <summary>
/// Counter-based random indices: draw k of a seed is a pure function of (seed, k), the SplitMix64 finaliser
/// (Steele, Lea, Flood 2014) over seed + k·golden ratio. No state, so any order and any worker count give the same draws.
/// </summary>
public readonly struct ResampleStream(ulong seed)
{
    // Scrambled, so that neighbouring seeds do not share shifted streams.
    private readonly ulong key = Mix(seed ^ 0xA0761D6478BD642FUL);

    /// <summary>An index from 0 to <paramref name="bound"/> − 1, by multiply-high (bias below bound / 2⁶⁴).</summary>
    public int Below(ulong counter, int bound)
        => (int)Math.BigMul(Mix(key + counter * 0x9E3779B97F4A7C15UL), (ulong)bound, out _);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
