namespace Retort.Nn.Generation.Filters;

/// <summary>Logits divided by a temperature: above 1 draws become more even.</summary>
public sealed class TemperatureFilter(double temperature) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        for (var i = 0; i < logits.Length; i++) logits[i] = (float)(logits[i] / temperature);
    }
}
