using Retort.Data;
using Retort.Recipes;
using Retort.Tests.Distillation.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class CsvSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-csv").FullName;
    private static readonly DataRecipe Table = new() { Source = "csv", Path = "t.csv", Target = "y", Train = 12, Validation = 4, Test = 4 };

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void NumbersWordsAndWhatIsMissing()
    {
        Write("size,colour,y\n" + string.Concat(Enumerable.Range(0, 20).Select(row =>
            $"{(row == 3 ? "" : row)},{(row % 4 < 2 ? "red" : "blue")},{(row % 2 == 0 ? "a" : "b")}\n")));
        var (train, validation, test) = Read(Table with { Slice = "colour" });
        Assert.Equal([12, 4, 4], new[] { train, validation, test }.Select(part => part.Count));
        Assert.Equal([4], train.ExampleShape);
        Assert.Equal(["a", "b"], train.ClassNames);
        Assert.Equal(["blue", "red"], train.SliceNames);
        Assert.All(new[] { train, validation, test }, part => Assert.Equal(part.Count, 2 * part.Labels.Sum()));
        var known = Enumerable.Range(0, 12).Where(row => train.Example(row)[1] == 0).Select(row => (double)train.Example(row)[0]).ToArray();
        Assert.Equal(0, known.Average(), 5);
        Assert.Equal(1, known.Average(value => value * value), 5);
        var all = new[] { train, validation, test }.SelectMany(part =>
            Enumerable.Range(0, part.Count).Select(row => part.Example(row).ToArray())).ToList();
        Assert.Equal([0, 1], Assert.Single(all, row => row[1] == 1)[..2]);
        Assert.All(all, row => Assert.Equal(1, row[2] + row[3]));
        Assert.Equal(20, all.Select(row => (row[0], row[1])).Distinct().Count());
        Assert.Equal(train.Hash, Read(Table).Train.Hash);
        Assert.NotEqual(train.Hash, DatasetReader.Read(Table, _folder, 2).Train.Hash);
    }

    [Fact]
    public void AMissingSliceIsASliceOfItsOwn()
    {
        Write("x,g,y\n" + string.Concat(Enumerable.Range(0, 20).Select(row => $"{row},{(row % 5 == 0 ? "" : "u")},{row % 2}\n")));
        Assert.Equal(["u", "(missing)"], Read(Table with { Slice = "g" }).Train.SliceNames);
    }

    /// <summary>Twelve of twenty numbers are the training rows': their mean is 0 and their deviation 1, and the file's come back.</summary>
    [Fact]
    public void ANumberIsStandardisedByTheTrainingRows()
    {
        Write("x,y\n" + string.Concat(Enumerable.Range(0, 20).Select(row => FormattableString.Invariant($"{row},{1000.5 + 3 * row}\n"))));
        var splits = Read(Table with { Task = "regression" });
        var (train, test) = (splits.Train, splits.Test);
        Assert.Equal(["y"], train.ClassNames);
        Assert.Equal(12, train.Count);
        Assert.Equal(0, train.Numbers!.Values.Average(), 5);
        Assert.Equal(1, train.Numbers.Values.Average(value => value * value), 5);
        foreach (var part in new[] { train, splits.Validation, test })
        {
            var x = part.Layout!.Raw(part.Features);
            var numbers = part.Numbers!.Column.InUnits(part.Numbers.Values);
            Assert.Equal(x.Select(value => 1000.5 + 3 * value), numbers.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-3);
        }
        Assert.NotEqual(train.Hash, Read(Table with { Task = "regression", Target = "x" }).Train.Hash);
    }

    [Theory]
    [InlineData("x,y\n1,2\n2,3\n3,cheap\n",
        "the target column 'y' has words, such as '2', and data.task is regression.\n  a number in every row.\n  write data.task: classification, or choose another data.target.")]
    [InlineData("x,y\n1,2\n2,\n3,4\n", "row 2 has no value in the target column 'y'.\n  a number in every row.\n  remove the row.")]
    [InlineData("x,y\n1,7\n2,7\n3,7\n4,7\n5,7\n",
        "the target column 'y' is 7 in all 3 training rows.\n  numbers that differ: a constant needs no model.\n  choose another data.target.")]
    public void ABadNumber(string text, string message)
    {
        Write(text);
        Assert.Equal($"{Path.Combine(_folder, "t.csv")}  {message}", Texts.ErrorOf(() => Read(Table with
        {
            Task = "regression", Train = 3, Validation = 1, Test = 1,
        })));
    }

    [Theory]
    [InlineData("x,y\n1,a\n", "z", "", "has no column 'z' (data.target).\n  one of x, y.\n  set data.target.")]
    [InlineData("x,y\n1,a\n2,\n", "y", "", "row 2 has no value in the target column 'y'.\n  a class in every row.\n  remove the row.")]
    [InlineData("x,y\n1,a\n2,a\n", "y", "",
        "the target column 'y' has 1 different values.\n  2 to 10,000 classes.\n  choose another data.target.")]
    [InlineData("x,y\n1,a\n2,a\n3,a\n4,b\n", "y", "",
        "class 'b' has 1 of 4 examples.\n  expected at least 3.\n  remove or join the class, or add examples.")]
    [InlineData("x,y\n1,a\n2,a\n3,a\n4,b\n5,b\n6,b\n", "y", "x",
        "the slice column 'x' is numeric.\n  expected words, such as a group's name.\n  choose another data.slice.")]
    [InlineData("x,y\n1,a\n2,a\n3,a\n4,b\n5,b\n6,b\n", "y", "",
        "has 6 rows for train 12, validation 4 and test 4.\n  at most 6 together.\n  lower data.train, data.validation or data.test.")]
    public void ABadTable(string text, string target, string slice, string message)
    {
        Write(text);
        Assert.Equal($"{Path.Combine(_folder, "t.csv")}  {message}",
            Texts.ErrorOf(() => Read(Table with { Target = target, Slice = slice })));
    }

    [Fact]
    public void OnlyTheTarget()
    {
        Write("y\n" + string.Concat(Enumerable.Range(0, 20).Select(row => $"{row % 2}\n")));
        Assert.EndsWith("no column is left besides the target.\n  expected at least one feature.\n  add a column.",
            Texts.ErrorOf(() => Read(Table)), StringComparison.Ordinal);
    }

    [Fact]
    public void AnIdentifierIsNoFeature()
    {
        Write("id,y\n" + string.Concat(Enumerable.Range(0, 1002).Select(row => $"n{row},{row % 2}\n")));
        Assert.EndsWith("the column 'id' has 1002 different words.\n  expected at most 1000.\n  this looks like an identifier or free text: remove the column.",
            Texts.ErrorOf(() => Read(Table)), StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileSaysWhereItWasLookedFor() => Assert.Equal(
        $"data.path  '{Path.Combine(_folder, "none.csv")}' was not found; looked in {Path.Combine(_folder, "none.csv")}.\n  the files none.csv.\n  put them there, or set RETORT_DATA to the folder that holds them.",
        Texts.ErrorOf(() => Read(Table with { Path = Path.Combine(_folder, "none.csv") })));

    private DataSplits Read(DataRecipe recipe) => DatasetReader.Read(recipe, _folder, 1);

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder, "t.csv"), text);
}
