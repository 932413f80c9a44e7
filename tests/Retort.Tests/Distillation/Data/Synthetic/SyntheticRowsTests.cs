using Retort.Data;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data.Synthetic;

public sealed class SyntheticRowsTests : IDisposable
{
    private static readonly DataRecipe Table = new() { Source = "csv", Path = "t.csv", Target = "y", Train = 30, Validation = 5, Test = 5 };

    private readonly string _folder = Directory.CreateTempSubdirectory("retort-synthetic").FullName;

    public SyntheticRowsTests() => File.WriteAllText(Path.Combine(_folder, "t.csv"), "size,colour,y\n" + string.Concat(
        Enumerable.Range(0, 40).Select(row => $"{row},{(row % 4 < 2 ? "red" : "blue")},{(row % 2 == 0 ? "a" : "b")}\n")));

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [InlineData("munge", 0.5, 2.0)]
    [InlineData("random", null, null)]
    [InlineData("nbe", null, null)]
    public void TheyFollowTheTrainingRows(string kind, double? swapProbability, double? spread)
    {
        var plain = DatasetReader.Read(Table, _folder, 1);
        var transfer = new TransferRecipe { Kind = kind, Rows = 70, SwapProbability = swapProbability, Spread = spread };
        var splits = DatasetReader.Read(Table with { Transfer = transfer }, _folder, 1);
        Assert.Equal((100, 70, 30), (splits.Train.Count, splits.Train.Synthetic, splits.Train.Real));
        Assert.Equal(plain.Train.Features, splits.Train.Features[..plain.Train.Features.Length]);
        Assert.Equal((plain.Validation.Hash, plain.Test.Hash), (splits.Validation.Hash, splits.Test.Hash));
        for (var row = 30; row < 100; row++) Assert.Equal(1, splits.Train.Example(row)[1] + splits.Train.Example(row)[2]);
        Assert.Equal(100, TransferSet.Rows(splits.Train, Table, 1).Length);
        Assert.Equal(Enumerable.Range(0, 30), TransferSet.Real(splits.Train, Table, 1));
        Assert.Equal([.. Enumerable.Range(0, 15), .. Enumerable.Range(30, 70)],
            TransferSet.Rows(splits.Train, Table with { TransferClasses = [0] }, 1).Select((row, i) => i < 15 ? i : row));
    }
}
