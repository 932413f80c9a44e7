namespace Retort.Nn.Generation.Filters;

/// <summary>Changes the logits of the next token before one is chosen. What is ruled out becomes −∞.</summary>
public interface ILogitFilter
{
    /// <param name="logits">Of every token, in place.</param>
    /// <param name="before">The text so far, prompt included.</param>
    void Apply(Span<float> logits, ReadOnlySpan<int> before);
}
