using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class AttentionScoresTests
{
    /// <summary>
    /// Queries (1, 2), keys (3, 4): scores 3, 4, 6, 8 against none. The second place is padding: the first meets itself alone.
    /// </summary>
    [Theory]
    [InlineData(1, (9 + 16 + 36 + 64) / 4.0)]
    [InlineData(0, 9)]
    public void ByHand(int second, double expected)
    {
        Value[] student = [Value.Of([1, 1, 2, 1], 1, 2), Value.Of([1, 1, 2, 1], 3, 4)];
        Value[] teacher = [Value.Of([1, 1, 2, 1], 0, 0), Value.Of([1, 1, 2, 1], 5, 6)];
        var objective = Hidden.Create("attention-scores", student, teacher);
        Assert.Equal(expected, Hidden.Of(objective, student, teacher, mask: [1, second]).Loss, 1e-12);
    }

    /// <summary>Scores are by the root of each one's own width.</summary>
    [Fact]
    public void WidthsMayDiffer()
    {
        Value one = Value.Of([1, 1, 2, 1], 1, 2), four = Value.Of([1, 1, 2, 4], 1, 1, 1, 1, 2, 2, 2, 2);
        var (loss, _) = Hidden.Of("attention-scores", [one, one], [four, four]); // 4·q·k/2 against q·k
        Assert.Equal((1 + 4 + 4 + 16) / 4.0, loss, 1e-12);
    }

    [Fact]
    public void HeadsMayNot() => Assert.Contains("equal heads", Assert.Throws<RetortException>(() =>
        Hidden.Create("attention-scores", [Value.Random(1, 1, 2, 3, 4), Value.Random(1, 1, 2, 3, 4)],
            [Value.Random(1, 1, 3, 3, 4), Value.Random(1, 1, 3, 3, 4)])).Message, StringComparison.Ordinal);
}
