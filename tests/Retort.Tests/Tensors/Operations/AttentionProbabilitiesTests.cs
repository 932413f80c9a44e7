using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

public sealed class AttentionProbabilitiesTests : IDisposable
{
    private const int Batch = 2, Tokens = 7, Heads = 4, KeyHeads = 2, Width = 3;
    private readonly ReferenceDevice _device = new();

    /// <summary>Values summed with the probabilities are what attention gives, whatever is hidden.</summary>
    [Theory]
    [InlineData(false, 0, 0, false)]
    [InlineData(true, 0, 0, false)]
    [InlineData(true, 3, 0, true)]
    [InlineData(false, 2, 1.5, true)]
    public void TheySumUpToAttention(bool causal, long window, double softcap, bool padded)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var (q, k, v) = (Values(step, Heads, 1), Values(step, KeyHeads, 2), Values(step, KeyHeads, 3));
        Tensor? mask = padded ? step.Constant(new Shape(Batch, Tokens), [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1]) : null;
        var options = new AttentionOptions(causal, window, softcap, Scale: 0.8, KeyMask: mask);
        var shares = _device.ToDoubles(step.AttentionProbabilities(q, k, options));
        var (values, expected) = (_device.ToDoubles(v), _device.ToDoubles(step.Attention(q, k, v, options)));
        for (var i = 0; i < expected.Length; i++)
        {
            var (number, head, query, row) = (i % Width, i / Width % Heads, i / Width / Heads % Tokens, i / Width / Heads / Tokens);
            var sum = 0.0;
            for (var key = 0; key < Tokens; key++)
                sum += shares[((row * Heads + head) * Tokens + query) * Tokens + key]
                    * values[((row * Tokens + key) * KeyHeads + head / (Heads / KeyHeads)) * Width + number];
            Assert.Equal(expected[i], sum, 1e-12);
        }
    }

    /// <summary>Keys behind the given number are room in a cache: whatever lies there, nobody sees it.</summary>
    [Fact]
    public void RoomBehindTheKeysIsNotSeen()
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var queries = step.Slice(Values(step, Heads, 1), 1, 0, 2);
        var (k, v) = (Values(step, KeyHeads, 2), Values(step, KeyHeads, 3));
        var few = step.Attention(queries, step.Slice(k, 1, 0, 5), step.Slice(v, 1, 0, 5), new AttentionOptions(Causal: true));
        var roomy = step.Attention(queries, k, v, new AttentionOptions(Causal: true, Keys: 5));
        Assert.Equal(_device.ToDoubles(few), _device.ToDoubles(roomy));
        Assert.Throws<RetortException>(() => step.Attention(queries, k, v, new AttentionOptions(Keys: 8)));
        step.Begin(training: true);
        var learned = step.Variable(new Shape(1, 2, 1, 1), [1.0, 2]);
        Assert.Throws<RetortException>(() => step.Attention(learned, learned, learned, new AttentionOptions(Keys: 1)));
    }

    private Tensor Values(Step step, int heads, ulong seed) => step.Constant(new Shape(Batch, Tokens, heads, Width),
        [.. Enumerable.Range(0, Batch * Tokens * heads * Width).Select(i => new Seed(seed).Normal((ulong)i))]);

    public void Dispose() => _device.Dispose();
}
