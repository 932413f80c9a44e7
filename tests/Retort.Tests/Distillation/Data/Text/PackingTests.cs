using Retort.Data.Text;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class PackingTests
{
    /// <summary>Every document once, no row too long, and at most 11/9 of the fewest rows and 4 more.</summary>
    [Fact]
    public void NoneIsCutAndLittleIsWasted()
    {
        int[] lengths = [.. Enumerable.Range(0, 500).Select(i => 1 + i * 37 % 50)];
        var rows = Packing.Rows(lengths, 64);
        Assert.Equal(Enumerable.Range(0, lengths.Length), rows.SelectMany(row => row).Order());
        Assert.All(rows, row => Assert.InRange(row.Sum(document => lengths[document]), 1, 64));
        Assert.InRange(rows.Length, 1, 11.0 / 9 * ((lengths.Sum() + 63) / 64) + 4);
    }

    [Fact]
    public void TheTightestRowIsTaken() => Assert.Equal([[0, 2], [1, 3]], Packing.Rows([6, 5, 4, 3], 10));

    [Fact]
    public void TooLongIsRefused() =>
        Assert.Contains("has 11 tokens", Assert.ThrowsAny<Exception>(() => Packing.Rows([3, 11], 10)).Message, StringComparison.Ordinal);

    [Fact]
    public void ABlockSaysWhatFollowsWhat()
    {
        var block = new TokenBlock(2, 8);
        block.Fill([[Document([1, 2, 3], 1), Document([4, 5], 1)], [Document([6, 7, 8, 9], 2)]]);
        Assert.Equal((2, 5), (block.Rows, block.Length));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 0], block.Tokens(..).ToArray());
        Assert.Equal([1, 1, 1, 2, 2, 1, 1, 1, 1, 0], block.Documents(..).ToArray());
        Assert.Equal([2, 3, -100, 5, -100, -100, 8, 9, -100, -100], block.Next(..).ToArray());
        Assert.Equal([0, 1, 3, 6, 7], block.Counted(..));
        Assert.Equal([1, 2], block.Counted(1..2));
        Assert.Equal(5, block.Targets);
    }

    private static TextDocument Document(int[] tokens, int learntFrom) =>
        new("here", tokens, [.. tokens.Select((_, i) => i >= learntFrom)]);
}
