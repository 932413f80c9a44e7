namespace Retort.Nn.Generation.Filters;

/// <summary>Tokens with at least this probability stay (Hewitt et al. 2022: epsilon sampling).</summary>
public sealed class FloorFilter(double least) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before) => LikelyTokens.RuleOutBelow(logits, least);
}
