using Retort.Data;
using Retort.Data.Synthetic;
using Retort.Recipes;
using Retort.Tests.Distillation.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class FriedmanSourceTests
{
    private static readonly DataRecipe Recipe = new() { Source = "friedman", Task = "regression", Train = 2000, Validation = 10, Test = 10 };

    /// <summary>10 sin(π/2) + 20·¼ + 10·0.1 + 5·0.2 = 17, and what stands in the other five does not count.</summary>
    [Fact]
    public void ByHand()
    {
        Assert.Equal(17, Friedman.Of([0.5, 1, 1, 0.1, 0.2, 9, 9, 9, 9, 9]), 1e-12);
        Assert.Equal(10, Friedman.Of([1, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0]), 1e-12);
    }

    /// <summary>What a table's rows say, less the function of them, is noise of mean 0 and deviation 1.</summary>
    [Fact]
    public void TheRestIsNoise()
    {
        var train = DatasetReader.Read(Recipe, "", 3).Train;
        var (inputs, numbers) = (train.Layout!.Raw(train.Features), train.Numbers!.Column.InUnits(train.Numbers.Values));
        double[] noise = [.. numbers.Select((y, row) =>
            y - Friedman.Of([.. inputs.AsSpan(row * 10, 10).ToArray().Select(value => (double)value)]))];
        Assert.InRange(noise.Average(), -0.1, 0.1);
        Assert.InRange(noise.Average(value => value * value), 0.9, 1.1);
        Assert.InRange(noise.Select((value, row) => value * (inputs[10 * row] - 0.5)).Average(), -0.03, 0.03); // and not of x1
        Assert.All(inputs, value => Assert.InRange(value, -1e-5, 1 + 1e-5));
        Assert.NotEqual(train.Hash, DatasetReader.Read(Recipe, "", 4).Train.Hash);
        Assert.Equal(train.Hash, DatasetReader.Read(Recipe, "", 3).Train.Hash);
    }

    [Fact]
    public void TooManyRowsAreRefused() => Assert.Contains("are 100000020 rows.\n  at most 10000000 of source friedman.",
        Texts.ErrorOf(() => DatasetReader.Read(Recipe with { Train = 100_000_000 }, "", 1)), StringComparison.Ordinal);
}
