namespace Retort.Nn.Generation.Filters;

/// <summary>Tokens that are not ruled out, with their probabilities.</summary>
internal static class LikelyTokens
{
    /// <summary>softmax(logits) in double; 0 where a token is ruled out.</summary>
    public static double[] Probabilities(ReadOnlySpan<float> logits)
    {
        var largest = (double)logits[NextToken.Likeliest(logits)];
        var shares = new double[logits.Length];
        for (var i = 0; i < shares.Length; i++) shares[i] = Math.Exp(logits[i] - largest);
        var sum = shares.Sum();
        for (var i = 0; i < shares.Length; i++) shares[i] /= sum;
        return shares;
    }

    /// <summary>Rules out every token whose probability is too small, but never the likeliest.</summary>
    public static void RuleOutBelow(Span<float> logits, double least)
    {
        var (shares, best) = (Probabilities(logits), NextToken.Likeliest(logits));
        for (var i = 0; i < logits.Length; i++)
            if (shares[i] < least && i != best) logits[i] = float.NegativeInfinity;
    }
}
