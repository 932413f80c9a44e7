using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Retort.Nn.Generation.Filters;
using Retort.Tensors;

namespace Retort.Nn.Generation;

/// <summary>Chooses the next token from its logits.</summary>
public static class NextToken
{
    /// <summary>The likeliest, the first of equals.</summary>
    public static int Likeliest(ReadOnlySpan<float> logits)
    {
        var vectors = Vectors(logits);
        var (largest, block) = (Largest(logits), 0);
        while (block < vectors.Length && !Vector512.EqualsAny(vectors[block], Vector512.Create(largest))) block++;
        var first = block * Vector512<float>.Count;
        return first + logits[first..].IndexOf(largest);
    }

    /// <summary>A draw from softmax(logits).</summary>
    /// <param name="logits">−∞ = never.</param>
    /// <param name="share">Where in the sum of probabilities, in [0, 1).</param>
    public static int Drawn(ReadOnlySpan<float> logits, double share)
    {
        var largest = logits[Likeliest(logits)];
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - (double)largest);
        var (left, last) = (share * sum, -1);
        for (var i = 0; i < logits.Length; i++)
        {
            if (float.IsNegativeInfinity(logits[i])) continue;
            last = i; // rounding may leave a crumb behind the last one
            left -= Math.Exp(logits[i] - (double)largest);
            if (left < 0) break;
        }
        return last;
    }

    /// <summary>ln softmax(logits) of a token.</summary>
    public static double LogProbability(ReadOnlySpan<float> logits, int token)
    {
        double largest = Largest(logits), sum = 0;
        var (sums, bound) = (Vector512<double>.Zero, Vector512.Create(largest));
        foreach (var vector in Vectors(logits))
        {
            var (low, high) = Vector512.Widen(vector);
            sums += Vector512.Exp(low - bound) + Vector512.Exp(high - bound);
        }
        foreach (var logit in Rest(logits)) sum += Math.Exp(logit - largest);
        return logits[token] - largest - Math.Log(sum + Vector512.Sum(sums));
    }

    /// <summary>The likeliest tokens and ln softmax(logits) of each, the likeliest first, of equals the first; none that is −∞.</summary>
    /// <param name="logits">−∞ = never.</param>
    /// <param name="count">As many, or fewer where there are not so many.</param>
    public static (int Token, double LogProbability)[] LikeliestOf(ReadOnlySpan<float> logits, int count)
    {
        var best = new List<int>(count + 1);
        for (var token = 0; token < logits.Length; token++)
        {
            if (float.IsNegativeInfinity(logits[token]) || (best.Count == count && logits[token] <= logits[best[^1]])) continue;
            var place = best.Count;
            while (place > 0 && logits[best[place - 1]] < logits[token]) place--;
            best.Insert(place, token);
            if (best.Count > count) best.RemoveAt(count);
        }
        if (best.Count == 0) return [];
        var logSum = logits[best[0]] - LogProbability(logits, best[0]);
        var found = new (int, double)[best.Count];
        for (var i = 0; i < found.Length; i++) found[i] = (best[i], logits[best[i]] - logSum);
        return found;
    }

    private static float Largest(ReadOnlySpan<float> logits)
    {
        var all = Vector512.Create(float.NegativeInfinity);
        foreach (var vector in Vectors(logits)) all = Vector512.Max(vector, all);
        var largest = float.NegativeInfinity;
        for (var i = 0; i < Vector512<float>.Count; i++) largest = Math.Max(largest, all[i]);
        foreach (var logit in Rest(logits)) largest = Math.Max(largest, logit);
        return largest;
    }

    /// <exception cref="RunFailedException">The model gave a number that is not finite.</exception>
    internal static void Check(ReadOnlySpan<float> logits, int text)
    {
        if (AreFinite(logits)) return;
        foreach (var logit in logits)
            if (!float.IsFinite(logit))
                throw new RunFailedException($"text {text}", $"a logit of the next token is {logit}.", "finite logits.",
                    "the weights are damaged, or too large for float32.");
    }

    /// <summary>∞ and NaN times 0 are NaN.</summary>
    private static bool AreFinite(ReadOnlySpan<float> logits)
    {
        var nothing = Vector512<float>.Zero;
        foreach (var vector in Vectors(logits)) nothing += vector * Vector512<float>.Zero;
        var sum = Vector512.Sum(nothing);
        foreach (var logit in Rest(logits)) sum += logit * 0;
        return sum == 0;
    }

    private static ReadOnlySpan<Vector512<float>> Vectors(ReadOnlySpan<float> logits) =>
        MemoryMarshal.Cast<float, Vector512<float>>(logits);

    /// <summary>What fills no vector.</summary>
    private static ReadOnlySpan<float> Rest(ReadOnlySpan<float> logits) => logits[^(logits.Length % Vector512<float>.Count)..];

    /// <summary>Applies filters in their order.</summary>
    internal static void Filter(IReadOnlyList<ILogitFilter> filters, Span<float> logits, ReadOnlySpan<int> before)
    {
        foreach (var filter in filters) filter.Apply(logits, before);
    }
}
