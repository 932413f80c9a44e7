using Retort.Data;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class TextClassesSourceTests : IDisposable
{
    private const string Clinc = """
        {"oos_val": [["what", "oos"]], "val": [["one a", "a"], ["one b", "b"]],
         "train": [["two b", "b"], ["two a", "a"], ["three a", "a"], ["three b", "b"]],
         "oos_test": [["why", "oos"], ["who", "oos"]], "test": [["four b", "b"]], "oos_train": [["how", "oos"]]}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheFilesPartsCount()
    {
        var data = Read("clinc.json", Clinc, recipe => recipe with { Outside = "oos" });
        Assert.Equal(["two b", "two a", "three a", "three b"], data.Train.Texts!.Texts);
        Assert.Equal([1, 0, 0, 1], data.Train.Labels);
        Assert.Equal(["a", "b"], data.Train.ClassNames);
        Assert.Equal(["one a", "one b"], data.Validation.Texts!.Texts);
        Assert.Equal(["four b"], data.Test.Texts!.Texts);
        Assert.Equal(["why", "who"], data.Outside!.Texts!.Texts);
        Assert.Equal([8], data.Train.ExampleShape);
        Assert.Equal(-1, data.Train.Example(0)[7]);
    }

    [Fact]
    public void WithoutPartsTheSeedCuts()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"text": "t {{i}}", "label": "{{i % 2}}"}""" + "\n"));
        var data = Read("rows.jsonl", rows, recipe => recipe with { Test = 10 });
        Assert.Equal((26, 4, 10), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(5, data.Test.Labels.Sum());
        Assert.Equal(40, new[] { data.Train, data.Validation, data.Test }.SelectMany(part => part.Texts!.Texts).Distinct().Count());
        Assert.Null(data.Outside);
    }

    /// <summary>The training texts alone, a share of them, the same each time, and by tokens of the texts as they were.</summary>
    [Fact]
    public void TrainingTextsGetWorse()
    {
        var rows = string.Concat(Enumerable.Range(0, 200).Select(i => $$"""{"text": "some news", "label": "{{i % 2}}"}""" + "\n"));
        DataSplits With(double share) => Read("rows.jsonl", rows, recipe => recipe with { Disturbed = share, Leaks = "allow" });
        var (plain, worse, again) = (With(0), With(0.5), With(0.5));
        Assert.All(plain.Train.Texts!.Texts, text => Assert.Equal("some news", text));
        Assert.InRange(worse.Train.Texts!.Texts.Count(text => text == "some news"), 60, 130);
        Assert.Contains("SOME NEWS", worse.Train.Texts!.Texts);
        Assert.Equal(worse.Train.Texts!.Texts, again.Train.Texts!.Texts);
        foreach (var part in new[] { worse.Validation, worse.Test }) Assert.All(part.Texts!.Texts, text => Assert.Equal("some news", text));
        Assert.Equal(plain.Test.Features, worse.Test.Features);
        Assert.NotEqual(plain.Train.Hash, worse.Train.Hash);
    }

    [Fact]
    public void ALongTextIsCutWhereThatIsAllowed()
    {
        const string Rows = """
            {"text": "a rather long text of many words that do not fit", "label": "0"}
            {"text": "b", "label": "1"}
            {"text": "c", "label": "1"}
            {"text": "d", "label": "0"}

            """;
        Assert.Contains("at most data.contextLength, 8: nothing is cut silently.",
            Assert.Throws<RetortException>(() => Read("rows.jsonl", Rows)).Message, StringComparison.Ordinal);
        var data = Read("rows.jsonl", Rows, recipe => recipe with { TooLong = "cut" });
        var row = new[] { data.Train, data.Validation, data.Test }.SelectMany(part => Enumerable.Range(0, part.Count)
            .Select(i => part.Example(i).ToArray())).Single(numbers => numbers[7] >= 0);
        Assert.Equal((1, 2), (row[0], row[7]));
        Assert.StartsWith("1 of the 4 texts are longer than data.contextLength, 8", Assert.Single(data.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows.jsonl", """{"text": "a"}""", "rows.jsonl:1  is no text with a label.")]
    [InlineData("rows.jsonl", """{"text": "a", "label": "x"}""", "has rows of 1 class(es).")]
    [InlineData("rows.json", """{"train": [["a"]]}""", "rows.json: train[0]  is no pair of texts.")]
    [InlineData("rows.json", """{"dev": []}""", "has a part 'dev'.")]
    [InlineData("rows.json", "[", "is not JSON.")]
    public void WhatIsNoTextWithAClass(string name, string content, string message) =>
        Assert.Contains(message, Assert.Throws<RetortException>(() => Read(name, content)).Message, StringComparison.Ordinal);

    [Fact]
    public void AnOutsideThatIsNotThereIsNamed() => Assert.Contains("no row to be tested is of class 'nothing', which data.outside names.",
        Assert.Throws<RetortException>(() => Read("c.json", Clinc, recipe => recipe with { Outside = "nothing" })).Message,
        StringComparison.Ordinal);

    /// <summary>Nobody has said their class: they are for training, and no class is made of them.</summary>
    [Fact]
    public void RowsWithoutAClassAreForTraining()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"text": "t {{i}}", "label": {{(i < 20 ? "null" : $"\"{i % 2}\"")}}}""" + "\n"));
        var data = Read("rows.jsonl", rows, recipe => recipe with { Test = 4, Validation = 4 });
        Assert.Equal(["0", "1"], data.Train.ClassNames);
        Assert.Equal((32, 20), (data.Train.Count, data.Train.Labels.Count(label => label == Dataset.Unlabelled)));
        Assert.DoesNotContain(Dataset.Unlabelled, data.Test.Labels.Concat(data.Validation.Labels));
    }

    /// <summary>Texts as hashes: nothing is learnt of them, a worse form is hashed again, and what is beyond the context is cut.</summary>
    [Fact]
    public void HashedTexts()
    {
        var data = Read("clinc.json", Clinc, recipe => recipe with { Outside = "oos", Hashed = 64, TooLong = "cut" });
        var hashing = new NGramHashing(64);
        Assert.Equal(hashing.Encode("one a")[..7], data.Validation.Example(0)[..7].ToArray().Select(value => (int)value));
        Assert.Equal(64, data.Train.Texts!.Encoding.Size);
        Assert.Contains("are longer than data.contextLength, 8", Assert.Single(data.Warnings), StringComparison.Ordinal);
        var drawn = data.Train.Texts.Drawn(data.Train, 2, new Seed(3));
        Assert.Equal(2, drawn.Count);
        Assert.All(Enumerable.Range(0, 2), row => Assert.Equal(data.Train.ClassNames[drawn.Labels[row]], drawn.Texts!.Texts[row][^1..]));
        Assert.Contains("at most data.contextLength", Assert.Throws<RetortException>(() =>
            Read("clinc.json", Clinc, recipe => recipe with { Outside = "oos", Hashed = 64 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACorpusIsCutInPiecesAndSomeAreHeldOut()
    {
        _folder.With("corpus.txt", string.Join("\n\n", Enumerable.Range(0, 60).Select(i => $"piece {i}\nof words")));
        DataSplits With(int most) => Read("clinc.json", Clinc,
            recipe => recipe with { Outside = "oos", Corpora = [_folder.At("corpus.txt")], CorpusTexts = most });
        var corpus = With(0).Corpus!;
        Assert.All(corpus.Train.Concat(corpus.HeldOut), ids => Assert.InRange(ids.Length, 3, 8));
        Assert.All(corpus.Train, ids => Assert.Equal((1, 2), (ids[0], ids[^1])));
        Assert.Equal(corpus.Hash, With(0).Corpus!.Hash);
        var small = With(40).Corpus!;
        Assert.True(small.Train.Count < corpus.Train.Count);
        Assert.InRange(small.HeldOut.Count, 2 + 2, 2 + 8); // a twentieth of 40, and the pieces of two validation texts
        Assert.NotEqual(With(0).Hash, With(40).Hash);
    }

    private DataSplits Read(string name, string content, Func<DataRecipe, DataRecipe>? change = null)
    {
        var recipe = new DataRecipe { Source = "text-classes", Path = _folder.With(name, content), ContextLength = 8, Vocabulary = 300 };
        return DatasetReader.Read(change?.Invoke(recipe) ?? recipe, _folder.Path, 1);
    }
}
