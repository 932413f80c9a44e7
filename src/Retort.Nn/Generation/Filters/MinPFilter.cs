namespace Retort.Nn.Generation.Filters;

/// <summary>Tokens with at least a share of the likeliest one's probability stay (Nguyen et al. 2024).</summary>
public sealed class MinPFilter(double share) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before) =>
        LikelyTokens.RuleOutBelow(logits, share * LikelyTokens.Probabilities(logits).Max());
}
