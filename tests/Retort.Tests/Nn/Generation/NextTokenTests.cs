using Retort.Nn.Generation;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Nn.Generation;

/// <summary>Vectors of logits of every length up to a few registers, and what fills none.</summary>
[Trait("Category", "Width")]
public sealed class NextTokenTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(1, 50), 8192, 8209];

    [Fact]
    public void TheFirstOfEqualsIsTaken()
    {
        foreach (var length in Lengths)
            foreach (var place in new[] { 0, length / 2, length - 1 })
            {
                var logits = Logits(length);
                logits.AsSpan(place).Fill(100);
                Assert.Equal(place, NextToken.Likeliest(logits));
                logits.AsSpan().Fill(float.NegativeInfinity);
                Assert.Equal(0, NextToken.Likeliest(logits));
            }
    }

    [Fact]
    public void LogProbabilitiesAreThoseOfDouble()
    {
        foreach (var length in Lengths)
        {
            float[] logits = [.. Logits(length).Select(value => 1000 + 30 * value)];
            var largest = (double)logits.Max();
            var expected = -Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
            foreach (var token in new[] { 0, length - 1 })
                Assert.Equal(logits[token] - largest + expected, NextToken.LogProbability(logits, token), 1e-12);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ALogitThatIsNotFiniteIsNamed(float bad)
    {
        foreach (var length in Lengths)
        {
            var logits = Logits(length);
            NextToken.Check(logits, 3);
            foreach (var place in new[] { 0, length / 2, length - 1 })
            {
                logits = Logits(length);
                logits[place] = bad;
                var error = Assert.Throws<RunFailedException>(() => NextToken.Check(logits, 3));
                Assert.Equal($"a logit of the next token is {bad}.", error.What);
            }
        }
    }

    private static float[] Logits(int length) => [.. Enumerable.Range(0, length).Select(i => (float)new Seed(1).Normal((ulong)i))];
}
