namespace Retort.Nn.Generation.Filters;

/// <summary>From the likeliest on, tokens stay until they have the mass together (Holtzman et al. 2020: the nucleus).</summary>
public sealed class TopPFilter(double mass) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        var shares = LikelyTokens.Probabilities(logits);
        int[] order = [.. Enumerable.Range(0, shares.Length).Where(i => shares[i] > 0).OrderByDescending(i => shares[i])];
        var sum = 0.0;
        foreach (var token in order)
        {
            if (sum >= mass) logits[token] = float.NegativeInfinity;
            sum += shares[token];
        }
    }
}
