using Retort.Data;
using Retort.Data.Synthetic;
using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class SyntheticDigitsTests
{
    private static readonly DataRecipe Small = new() { Source = "digits", Train = 100, Validation = 50, Test = 60 };

    [Fact]
    public void AnImageDependsOnSeedAndNumberAlone()
    {
        var pages = new float[20][];
        for (var index = 19; index >= 0; index--) SyntheticDigits.Draw(new Seed(5), index, pages[index] = new float[28 * 28]);
        var page = new float[28 * 28];
        for (var index = 0; index < 20; index++)
        {
            SyntheticDigits.Draw(new Seed(5), index, page);
            Assert.Equal(pages[index], page);
            Assert.All(page, pixel => Assert.InRange(pixel, 0, 1));
        }

        SyntheticDigits.Draw(new Seed(6), 19, page);
        Assert.NotEqual(pages[19], page);
    }

    [Fact]
    public void InkIsInTheMiddleAndNotEverywhere()
    {
        var page = new float[28 * 28];
        for (var index = 0; index < 200; index++)
        {
            SyntheticDigits.Draw(new Seed(11), index, page);
            Assert.InRange(page.Count(pixel => pixel > 0.4f), 15, 400);
        }
    }

    [Fact]
    public void SizesClassesAndHashes()
    {
        var splits = DatasetReader.Read(Small, "", 1);
        Assert.Equal([100, 50, 60], new[] { splits.Train, splits.Validation, splits.Test }.Select(part => part.Count));
        Assert.All(splits.Train.Labels.GroupBy(label => label), group => Assert.Equal(10, group.Count()));
        Assert.Equal(3, new[] { splits.Train.Hash, splits.Validation.Hash, splits.Test.Hash }.Distinct().Count());
        Assert.Equal(splits.Train.Hash, DatasetReader.Read(Small, "", 1).Train.Hash);
        Assert.NotEqual(splits.Train.Hash, DatasetReader.Read(Small, "", 2).Train.Hash);
    }

    [Fact]
    public void TheTestPartDoesNotFollowTheSizeOfTheOthers() =>
        Assert.Equal(DatasetReader.Read(Small, "", 1).Test.Hash,
            DatasetReader.Read(Small with { Train = 10, Validation = 10 }, "", 1).Test.Hash);
}
