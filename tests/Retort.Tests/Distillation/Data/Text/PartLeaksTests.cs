using Retort.Cli;
using Retort.Data;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

/// <summary>A text that is in two parts stops the run, is left out of what is learnt, or stays and is counted.</summary>
public sealed class PartLeaksTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Rows 0 and 1 are learnt, 2 and 3 validate, 4 and 5 test; b stands in all three, d in the last two.</summary>
    private static readonly string[] Said = ["a", "b", " B ", "d", "b", "D"];

    [Fact]
    public void ItStopsAndNamesTheRows()
    {
        var error = Assert.Throws<RetortException>(() => Kept("stop", Said));
        Assert.Equal("rows:", error.Location);
        Assert.Equal("3 rows say in one part what stands in another: line 2 (validation) is line 1 (training); line 4 (test) is line 1 (training); "
            + "line 4 (test) is line 2 (validation); line 5 (test) is line 3 (validation).", error.What);
        Assert.Contains("write data.leaks: leave-out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfManyTheFirstFiveAreNamed()
    {
        var leaks = new PartLeaks("stop", "rows:", row => $"line {row}", row => $"{row % 7}");
        var error = Assert.Throws<RetortException>(() => leaks.Kept([.. Enumerable.Range(0, 7)], [], [.. Enumerable.Range(7, 7)]));
        Assert.EndsWith("line 11 (test) is line 4 (training); and 2 more.", error.What, StringComparison.Ordinal);
        Assert.StartsWith("7 rows say", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void LeftOutTheyStayInTheLaterPart()
    {
        var error = Assert.Throws<RetortException>(() => Kept("leave-out", Said));
        Assert.StartsWith("all 2 rows of the validation part", error.What, StringComparison.Ordinal);
        var (train, validation, warning) = Kept("leave-out", ["a", "b", "c", "d", "b", "D"]);
        Assert.Equal([0], train);
        Assert.Equal([2], validation);
        Assert.Equal("2 rows say in training or validation what stands in a part behind it: left out (data.leaks).", warning);
    }

    [Fact]
    public void AllowedTheyAreCounted()
    {
        var (train, validation, warning) = Kept("allow", ["a", "b", "c", "d", "e", "b"]);
        Assert.Equal([0, 1], train);
        Assert.Equal([2, 3], validation);
        Assert.StartsWith("1 row says in training or validation", warning, StringComparison.Ordinal);
        Assert.Null(Kept("stop", ["a", "b", "c", "d", "e", "f"]).Warning);
    }

    /// <summary>Each source looks: a prompt counts where there is one, whatever follows it.</summary>
    [Theory]
    [InlineData("""{"prompt": "say #", "completion": "this"}""", """{"prompt": "Say  #", "completion": "that"}""")]
    [InlineData("""{"text": "row #"}""", """{"text": "Row # "}""")]
    public void TextsAreCompared(string row, string again)
    {
        string Rows(string form) =>
            string.Concat(Enumerable.Range(0, 15).Select(i => form.Replace("#", $"{i}", StringComparison.Ordinal) + "\n"));
        _folder.With("rows.jsonl", Rows(row) + Rows(again));
        var recipe = new DataRecipe { Source = "text", Path = "rows.jsonl", Vocabulary = 300, Train = 20, Validation = 5, Test = 5 };
        TextData Read(string leaks) => TextDataReader.Read(recipe with { Leaks = leaks }, _folder.Path, null, 1);
        Assert.Contains("in one part what stands in another", Assert.Throws<RetortException>(() => Read("stop")).Message, StringComparison.Ordinal);
        var (left, all) = (Read("leave-out"), Read("allow"));
        Assert.Equal((20, 5, 5), (all.Train.Count, all.Validation.Count, all.Test.Count));
        Assert.True(left.Train.Count < 20 && left.Test.Count == 5, $"{left.Train.Count}, {left.Test.Count}");
        Assert.Single(left.Warnings);
    }

    [Fact]
    public void ClassedTextsAreCompared()
    {
        _folder.With("rows.json", """{"train": [["one", "a"], ["two", "b"], ["three", "b"]], "val": [["four", "a"]], "test": [["Two ", "b"]]}""");
        var recipe = new DataRecipe { Source = "text-classes", Path = "rows.json", Vocabulary = 300, ContextLength = 16 };
        DataSplits Read(string leaks) => DatasetReader.Read(recipe with { Leaks = leaks }, _folder.Path, 1);
        var error = Assert.Throws<RetortException>(() => Read("stop"));
        Assert.Contains("rows.json: test[0] (test) is ", error.What, StringComparison.Ordinal);
        Assert.Contains("rows.json: train[1] (training).", error.What, StringComparison.Ordinal);
        Assert.Equal(2, Read("leave-out").Train.Count);
        Assert.Equal(3, Read("allow").Train.Count);
    }

    /// <summary>Before anything is trained, with the code of bad input, and nothing but its error.</summary>
    [Fact]
    public void ARunStops()
    {
        var row = """{"text": "the same words", "label": "a"}""" + "\n";
        _folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"text": "row {{i}}", "label": "{{"ab"[i % 2]}}"}""" + "\n"))
            + string.Concat(Enumerable.Repeat(row, 20)));
        var recipe = _folder.With("recipe.yaml", """
            name: leaky
            seed: 1
            data: {source: text-classes, path: rows.jsonl, contextLength: 16, vocabulary: 300}
            teacher: {source: train, model: {kind: bert, width: 16, layers: 1, heads: 2}, training: {epochs: 1, batchSize: 16}}
            student: {model: {kind: bert, width: 8, layers: 1, heads: 2}, training: {epochs: 1, batchSize: 16}}
            """);
        var terminal = Terminal.Run(new Library(), "run", recipe, "--out", _folder.At("run"));
        Assert.Equal(2, terminal.Code);
        Assert.Contains("in one part what stands in another", terminal.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run/teacher")), "something was trained");
    }

    private static (int[] Train, int[] Validation, string? Warning) Kept(string rule, string[] said)
    {
        var leaks = new PartLeaks(rule, "rows:", row => $"line {row}", row => said[row]);
        var (train, validation) = leaks.Kept([0, 1], [2, 3], [4, 5]);
        return (train, validation, leaks.Warnings.SingleOrDefault());
    }
}
