using Retort.Export;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Export;

public sealed class RoundTripTests
{
    /// <summary>By hand: teacher (1/4, 3/4) twice, file (1/2, 1/2) once and the same once.</summary>
    [Fact]
    public void FiguresAreThoseOfTheDefinition()
    {
        var own = MathF.Log(3);
        var found = RoundTrip.Compare("x", [0, own, 0, own], [0, 0, 0, own], 2);
        var divergence = 0.25 * Math.Log(0.25 / 0.5) + 0.75 * Math.Log(0.75 / 0.5);
        Assert.Equal(divergence / 2, found.Divergence, 1e-7);
        Assert.Equal(0.5, found.Lost, 1e-6); // uniform is what the file says once of twice
        Assert.Equal((2, 0.5), (found.Answers, found.SameLikeliest));
        Assert.Equal(1, found.Difference, 1e-6);
    }

    [Fact]
    public void TheSameNumbersLoseNothing()
    {
        var same = RoundTrip.Compare("x", [1, 2, 3], [1, 2, 3], 3);
        Assert.Equal((0, 0, 1), (same.Difference, same.Lost, same.SameLikeliest));
        Assert.Same(same, same.Within("x", RoundTripBound.Same));
    }

    [Fact]
    public void EmbeddingsAreComparedByTheirDistance()
    {
        var answers = RoundTrip.Compare("hf", [1, 2, 3], [1, 2, 3], 3);
        var far = answers.WithSentences([1, 0, 0, 1], [1, 0, 0.6f, 0.8f], 2);
        Assert.Equal(Math.Sqrt(0.36 + 0.04), far.SentenceDistance!.Value, 1e-6);
        Assert.Contains("embeddings at most 0.0001 apart", Assert.Throws<RunFailedException>(() =>
            far.Within("m", RoundTripBound.Same)).Expected, StringComparison.Ordinal);
        var near = answers.WithSentences([1, 0], [1, 0], 1);
        Assert.Same(near, near.Within("m", RoundTripBound.Same));
        Assert.EndsWith("embeddings at most 0 apart", near.ToString(), StringComparison.Ordinal);
        Assert.Throws<RunFailedException>(() => answers.WithSentences([1, 0], [1], 1));
        Assert.Throws<RunFailedException>(() => answers.WithSentences([1, 0], [1, float.NaN], 1));
    }

    [Fact]
    public void WhatAnswersOtherwiseIsAnError()
    {
        var found = RoundTrip.Compare("gguf:q4_0", [0, 5, 0], [0, 0, 5], 3);
        var error = Assert.Throws<RunFailedException>(() => found.Within("m.gguf", RoundTripBound.Of("q4_0")));
        Assert.Contains("answers otherwise than the model", error.What, StringComparison.Ordinal);
        Assert.Throws<RunFailedException>(() => RoundTrip.Compare("x", [1, 2], [1], 1));
        Assert.Throws<RunFailedException>(() => RoundTrip.Compare("x", [1, 2], [1, float.NaN], 2));
    }
}
