using Retort.Data.Traces;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

public sealed class LengthSlicesTests
{
    [Fact]
    public void ThirdsByWords()
    {
        var slices = new LengthSlices(Enumerable.Range(1, 9).Select(Words));
        Assert.Equal(["up to 4 words", "5 to 7 words", "more than 7 words"], ((int[])[4, 5, 8]).Select(count => slices.Of(Words(count))));
    }

    [Fact]
    public void AllOfOneLengthAreOneSlice()
    {
        var slices = new LengthSlices([Words(3), Words(3)]);
        Assert.Equal(("up to 3 words", "more than 3 words"), (slices.Of(Words(3)), slices.Of(Words(4))));
    }

    private static string Words(int count) => string.Join(" \n", Enumerable.Repeat("word", count));
}
