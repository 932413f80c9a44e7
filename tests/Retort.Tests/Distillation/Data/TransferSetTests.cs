using Retort.Data;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class TransferSetTests
{
    private static readonly DataRecipe Digits = new() { Source = "digits", Train = 1000, Validation = 10, Test = 10 };
    private readonly Dataset _train = DatasetReader.Read(Digits, "", 3).Train;

    [Fact]
    public void Everything() => Assert.Equal(Enumerable.Range(0, 1000), TransferSet.Rows(_train, Digits, 3));

    [Fact]
    public void OnlySomeClasses()
    {
        var rows = TransferSet.Rows(_train, Digits with { TransferClasses = [7, 8] }, 3);
        Assert.Equal(200, rows.Length);
        Assert.All(rows, row => Assert.Contains(_train.Labels[row], new[] { 7, 8 }));
    }

    [Fact]
    public void AShareOfEachClass()
    {
        var rows = TransferSet.Rows(_train, Digits with { TransferShare = 0.03 }, 3);
        Assert.All(rows.GroupBy(row => _train.Labels[row]), group => Assert.Equal(3, group.Count()));
        Assert.Equal(rows.Distinct().Order(), rows);
        Assert.Equal(rows, TransferSet.Rows(_train, Digits with { TransferShare = 0.03 }, 3));
        Assert.NotEqual(rows, TransferSet.Rows(_train, Digits with { TransferShare = 0.03 }, 4));
    }

    [Fact]
    public void AClassThatIsNotThere() =>
        Assert.Equal("data.transferClasses  there is no class 10.\n  expected numbers from 0 to 9: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9.",
        Recipes.Texts.ErrorOf(() => TransferSet.Rows(_train, Digits with { TransferClasses = [10] }, 3)));
}
