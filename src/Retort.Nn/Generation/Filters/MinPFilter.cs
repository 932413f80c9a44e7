namespace Retort.Nn.Generation.Filters;

/// <summary>Tokens with at least a share of the likeliest one's probability stay (Nguyen et al. 2024).</summary>
public sealed class MinPFilter(double share) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        var least = logits[NextToken.Likeliest(logits)] + Math.Log(share); // of logits as of probabilities: their sum cancels
        foreach (ref var logit in logits)
            if (logit < least) logit = float.NegativeInfinity;
    }
}
