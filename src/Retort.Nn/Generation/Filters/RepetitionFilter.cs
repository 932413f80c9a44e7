namespace Retort.Nn.Generation.Filters;

/// <summary>Tokens of the text become less likely: positive logits are divided, negative ones multiplied (Keskar et al. 2019).</summary>
public sealed class RepetitionFilter(double penalty) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        foreach (var token in before.ToArray().Distinct())
            logits[token] = (float)(logits[token] < 0 ? logits[token] * penalty : logits[token] / penalty);
    }
}
