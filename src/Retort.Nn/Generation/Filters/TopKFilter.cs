namespace Retort.Nn.Generation.Filters;

/// <summary>The likeliest so many stay, and what equals the last of them.</summary>
public sealed class TopKFilter(int count) : ILogitFilter
{
    public void Apply(Span<float> logits, ReadOnlySpan<int> before)
    {
        if (count >= logits.Length) return;
        var least = new PriorityQueue<float, float>(count);
        foreach (var logit in logits)
            if (least.Count < count) least.Enqueue(logit, logit);
            else if (logit > least.Peek()) least.DequeueEnqueue(logit, logit);
        var bound = least.Peek();
        foreach (ref var logit in logits)
            if (logit < bound) logit = float.NegativeInfinity;
    }
}
