using Retort.Data;
using Retort.Recipes;
using Retort.Tests.Distillation.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class IdxSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-idx").FullName;

    public IdxSourceTests()
    {
        Images("train", 60, 4);
        Labels("train", [.. Enumerable.Range(0, 60).Select(row => (byte)(row % 3))]);
        Images("t10k", 12, 4);
        Labels("t10k", [.. Enumerable.Range(0, 12).Select(row => (byte)(row % 3))]);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void PartsAreStratifiedAndShareNoRow()
    {
        var (train, validation, test) = Read(30, 15);
        Assert.Equal([1, 4, 4], train.ExampleShape);
        Assert.All(train.Labels.GroupBy(label => label), group => Assert.Equal(10, group.Count()));
        Assert.All(validation.Labels.GroupBy(label => label), group => Assert.Equal(5, group.Count()));
        Assert.Equal(12, test.Count);
        var seen = new[] { train, validation }.SelectMany(part => Enumerable.Range(0, part.Count).Select(row => part.Example(row)[0]))
            .ToList();
        Assert.Equal(45, seen.Distinct().Count());
        Assert.Equal(train.Hash, Read(30, 15).Train.Hash);
    }

    [Fact]
    public void AllRowsTrainWhenNoneIsKeptBack() => Assert.Equal(60, Read(0, 0).Train.Count);

    [Fact]
    public void MoreThanThereIs() =>
        Assert.Equal("data  train 50 + validation 20 are more than the 60 rows of the source.\n  at most 60 together.\n  lower data.train or data.validation.",
            Texts.ErrorOf(() => Read(50, 20)));

    [Fact]
    public void ClassCountsThatDiffer()
    {
        Labels("t10k", [.. Enumerable.Range(0, 12).Select(row => (byte)(row % 2))]);
        Assert.Equal($"{At("t10k-labels-idx1")}  has 2 classes, {At("train-labels-idx1")} has 3.\n  equal class counts.",
            Texts.ErrorOf(() => Read(30, 15)));
    }

    [Fact]
    public void AnEmptyClass()
    {
        Labels("train", [.. Enumerable.Range(0, 60).Select(row => (byte)(row % 2 * 2))]);
        Assert.Equal($"{At("train-labels-idx1")}  class '1' has 0 of 60 examples.\n  expected at least 2.\n  remove or join the class, or add examples.",
            Texts.ErrorOf(() => Read(30, 15)));
    }

    [Fact]
    public void LabelsForOtherImages()
    {
        Labels("train", new byte[59]);
        Assert.Equal($"{At("train-labels-idx1")}  holds 59 labels for 60 images of {At("train-images-idx3")}.\n  one label an image.\n  use the pair of files of one set.",
            Texts.ErrorOf(() => Read(30, 15)));
    }

    [Fact]
    public void SizesThatDiffer()
    {
        Images("t10k", 12, 5);
        Assert.Equal($"{At("t10k-images-idx3")}  images are 5×5, those of {At("train-images-idx3")} 4×4.\n  equal sizes.\n  use the files of one set.",
            Texts.ErrorOf(() => Read(30, 15)));
    }

    private string At(string name) => Path.Combine(_folder, name + "-ubyte");

    private DataSplits Read(int train, int validation) =>
        DatasetReader.Read(new DataRecipe { Source = "idx", Path = _folder, Train = train, Validation = validation }, "", 1);

    private void Images(string part, int count, byte side)
    {
        var pixels = Enumerable.Range(0, count * side * side).Select(index => (byte)(index / (side * side)));
        File.WriteAllBytes(At(part + "-images-idx3"), [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, side, 0, 0, 0, side, .. pixels]);
    }

    private void Labels(string part, byte[] labels) =>
        File.WriteAllBytes(At(part + "-labels-idx1"), [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels]);
}
