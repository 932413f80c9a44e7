namespace Retort.Nn.Generation.Filters;

/// <summary>
/// Tokens whose surprise −ln p is nearest to the entropy stay until they have the mass together (Meister et al. 2023). The likeliest may
/// be too likely to be typical.
/// </summary>
public sealed class TypicalFilter(double mass) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        var shares = LikelyTokens.Probabilities(logits);
        var entropy = -shares.Sum(share => share > 0 ? share * Math.Log(share) : 0);
        int[] order = [.. Enumerable.Range(0, shares.Length).Where(i => shares[i] > 0)
            .OrderBy(i => Math.Abs(-Math.Log(shares[i]) - entropy))];
        var sum = 0.0;
        foreach (var token in order)
        {
            if (sum >= mass) logits[token] = float.NegativeInfinity;
            sum += shares[token];
        }
    }
}
