namespace Retort.Nn.Generation.Filters;

/// <summary>A token that would end a run of tokens which the text has already is ruled out.</summary>
public sealed class RepeatedRunFilter(int length) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        if (before.Length < length) return;
        var begun = before[^(length - 1)..];
        for (var first = 0; first + length <= before.Length; first++)
            if (before.Slice(first, length - 1).SequenceEqual(begun)) logits[before[first + length - 1]] = float.NegativeInfinity;
    }
}
