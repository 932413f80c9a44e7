using Retort.Data;
using Retort.Tests.Distillation.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class DatasetTests
{
    private static Dataset Of(int rows, int width) => DatasetReader.Create([.. Enumerable.Range(0, rows * width).Select(i => (float)i)],
        [.. Enumerable.Range(0, rows).Select(row => row % 2)], [width], ["a", "b"]);

    [Fact]
    public void PairsOfDifferentLengthAreRefused() => Assert.Equal(
        "data  3 examples of the student's modality beside 4 of the teacher's.\n  pairs: as many of one as of the other.\n  name files whose rows belong together.",
        Texts.ErrorOf(() => Of(3, 2).Beside(Of(4, 5))));

    [Fact]
    public void ATeacherSeesTheOtherModality()
    {
        var pairs = Of(3, 2).Beside(Of(3, 5));
        Assert.Equal((2, 5), (pairs.ExampleSize, pairs.ForTeacher.ExampleSize));
        Assert.NotEqual(Of(3, 2).Hash, pairs.Hash);
        Assert.Equal(2, Of(3, 2).ForTeacher.ExampleSize);
    }

    [Fact]
    public void ClassesMayBeForgotten()
    {
        var partly = Of(4, 2).Knowing([1, 2]);
        Assert.Equal([-1, 1, 0, -1], partly.Labels);
        Assert.Equal([1, 2], TransferSet.Labelled(partly, [0, 1, 2]));
        Assert.NotEqual(Of(4, 2).Hash, partly.Hash);
    }
}
