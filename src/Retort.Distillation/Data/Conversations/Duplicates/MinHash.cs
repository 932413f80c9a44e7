using Retort.Tensors;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>
/// The least value of a set under each of many hash functions: two sets agree in one with a probability of their Jaccard similarity (Broder
/// 1997). Bands of <see cref="Rows"/> values are compared whole (Indyk and Motwani 1998): of two sets with similarity s at least one of the
/// bands agrees with probability 1 − (1 − s⁴)³², which is 0.9999999 at 0.8 and 0.23 at 0.3.
/// </summary>
public sealed class MinHash
{
    public const int Bands = 32, Rows = 4;

    private readonly (ulong Factor, ulong Summand)[] _functions;

    public MinHash(Seed seed)
    {
        _functions = [.. Enumerable.Range(0, Bands * Rows).Select(function =>
        {
            var (a, b, c, d) = seed.Block((ulong)function);
            return (((ulong)a << 32) | b | 1, ((ulong)c << 32) | d);
        })];
    }

    /// <returns>[<see cref="Bands"/>] one key for each band.</returns>
    public ulong[] Keys(ReadOnlySpan<uint> set)
    {
        var keys = new ulong[Bands];
        for (var band = 0; band < Bands; band++)
        {
            var key = 14695981039346656037UL;
            for (var row = 0; row < Rows; row++)
            {
                key = (key ^ Least(set, _functions[band * Rows + row])) * 1099511628211;
                key ^= key >> 29;
            }
            keys[band] = key;
        }
        return keys;
    }

    /// <summary>
    /// Multiply and shift (Dietzfelbinger and others 1997), stirred once more: the shift alone keeps what is regular in a set.
    /// </summary>
    private static uint Least(ReadOnlySpan<uint> set, (ulong Factor, ulong Summand) function)
    {
        var least = uint.MaxValue;
        foreach (var item in set)
        {
            var mixed = function.Factor * item + function.Summand;
            least = Math.Min(least, (uint)(((mixed ^ (mixed >> 32)) * 0x9E3779B97F4A7C15) >> 32));
        }
        return least;
    }
}
