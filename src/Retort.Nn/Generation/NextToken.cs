using Retort.Nn.Generation.Filters;
using Retort.Tensors;

namespace Retort.Nn.Generation;

/// <summary>Chooses the next token from its logits.</summary>
public static class NextToken
{
    /// <summary>The likeliest, the first of equals.</summary>
    public static int Likeliest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best]) best = i;
        return best;
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
        var largest = (double)logits[Likeliest(logits)];
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        return logits[token] - largest - Math.Log(sum);
    }

    /// <exception cref="RunFailedException">The model gave a number that is not finite.</exception>
    internal static void Check(ReadOnlySpan<float> logits, int text)
    {
        foreach (var logit in logits)
            if (!float.IsFinite(logit))
                throw new RunFailedException($"text {text}", $"a logit of the next token is {logit}.", "finite logits.",
                    "the weights are damaged, or too large for float32.");
    }

    /// <summary>Applies filters in their order.</summary>
    internal static void Filter(IReadOnlyList<ILogitFilter> filters, Span<float> logits, ReadOnlySpan<int> before)
    {
        foreach (var filter in filters) filter.Apply(logits, before);
    }
}
