using Retort.Data.Synthetic;
using Retort.Data.Tables;
using Retort.Tensors;
using Retort.Tests.Distillation.Ensembles;
using Xunit;

namespace Retort.Tests.Distillation.Data.Synthetic;

public sealed class RandomRowsTests
{
    /// <summary>Two columns that are equal in training: each keeps its shares, and they no longer agree: 0.25² + 0.75² = 0.625.</summary>
    [Fact]
    public void EachColumnKeepsItsSharesAndLosesTheOthers()
    {
        var training = new MixedRows([Rows.Number(0), Rows.Word(1, 2)], [0, 0, 1, 1, 1, 1, 1, 1]);
        var drawn = RandomRows.Draw(training, 20_000, new Seed(4));
        Assert.Equal(0.75, drawn.Values.Where((_, i) => i % 2 == 0).Average(), 0.02);
        Assert.Equal(0.75, drawn.Values.Where((_, i) => i % 2 == 1).Average(), 0.02);
        Assert.Equal(0.625, Enumerable.Range(0, drawn.Count).Count(row => drawn[row][0] == drawn[row][1]) / 20_000.0, 0.02);
    }
}
