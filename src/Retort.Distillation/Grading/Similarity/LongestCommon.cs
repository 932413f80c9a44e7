using System.Numerics;

namespace Retort.Grading.Similarity;

/// <summary>
/// Length of the longest common subsequence, 64 positions at a time: Hyyrö, Bit-parallel LCS-length computation revisited (2004). Time is
/// |a| · |b| / 64.
/// </summary>
internal static class LongestCommon
{
    public static int Of<T>(IReadOnlyList<T> a, IReadOnlyList<T> b) where T : notnull
    {
        var words = (a.Count + 63) / 64;
        var places = new Dictionary<T, ulong[]>();
        for (var i = 0; i < a.Count; i++)
        {
            if (!places.TryGetValue(a[i], out var mask)) places[a[i]] = mask = new ulong[words];
            mask[i / 64] |= 1UL << (i % 64);
        }
        var open = new ulong[words];
        Array.Fill(open, ulong.MaxValue);
        foreach (var item in b)
        {
            if (!places.TryGetValue(item, out var mask)) continue;
            var carry = 0UL;
            for (var word = 0; word < words; word++)
            {
                var hit = open[word] & mask[word];
                var sum = open[word] + hit;
                var over = sum < hit;
                sum += carry;
                carry = over || sum < carry ? 1UL : 0;
                open[word] = sum | (open[word] & ~mask[word]);
            }
        }
        var common = 0;
        for (var word = 0; word < words; word++)
        {
            var valid = word == words - 1 && a.Count % 64 != 0 ? (1UL << (a.Count % 64)) - 1 : ulong.MaxValue;
            common += BitOperations.PopCount(~open[word] & valid);
        }
        return common;
    }
}
