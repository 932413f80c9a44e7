using System.Globalization;
using System.Text.Json;
using Retort.Data;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>From traces to documents: what is read, what is learnt, and who is in which part.</summary>
public sealed class TracesSourceTests
{
    /// <summary>40 prompts, each with two lines of answers; of number 3 one is wrong, of number 4 one never comes to an end.</summary>
    internal static string Rows { get; } = string.Concat(Enumerable.Range(0, 40).SelectMany(i => new[]
    {
        Line(i, $"<think>count {i} and one</think><answer>{i + (i == 3 ? 7 : 1)}</answer>"),
        Line(i, i == 4 ? "<think>for ever" : $"one more than {i} is the number that follows it\n#### {i + 1}.0"),
    }));

    [Fact]
    public void AThoughtIsLearntWithItsAnswerAndAPromptIsNot()
    {
        var data = Read("keep");
        var document = data.Asked.Documents[0];
        var number = int.Parse(Decoded(data, document.Prompt)[5..].TrimEnd('\n', '?'), CultureInfo.InvariantCulture);
        Assert.Equal($"What {number}?\n", Decoded(data, document.Prompt));
        Assert.Equal($"<answer>{number + 1}</answer>", Decoded(data, document.Answer[..^1]));
        Assert.Equal(data.Tokenizer.End, document.Answer[^1]);
        Assert.Equal([.. Enumerable.Repeat(false, document.Prompt.Length), .. Enumerable.Repeat(true, document.Answer.Length)],
            document.Learnt);
        var texts = data.Recorded![0];
        Assert.Contains(texts, text => text.Text == $"<think>one more than {number} is the number that follows it</think><answer>{number + 1}.0</answer>");
        Assert.Equal(30, data.Recorded.Count);
        Assert.StartsWith("<think>", Decoded(data, data.OfThoughts.Documents[0].Answer), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutItsThoughtOnlyTheAnswerIsLeft() =>
        Assert.All(Read("strip").Recorded!.SelectMany(texts => texts), text => Assert.StartsWith("<answer>", text.Text, StringComparison.Ordinal));

    [Fact]
    public void AsATaskTheThoughtIsAskedForByAWord()
    {
        var data = Read("task");
        Assert.Equal(60, data.Asked.Count);
        Assert.Equal([.. Enumerable.Repeat(0, 30), .. Enumerable.Repeat(1, 30)], data.Asked.Documents.Select(document => document.Group));
        Assert.StartsWith("predict: What ", Decoded(data, data.Asked.Documents[0].Prompt), StringComparison.Ordinal);
        Assert.Equal(Decoded(data, data.Asked.Documents[0].Prompt).Replace("predict", "explain", StringComparison.Ordinal),
            Decoded(data, data.Asked.Documents[30].Prompt));
        Assert.Contains(data.Recorded![30], text => text.Text.StartsWith("one more than", StringComparison.Ordinal));
        Assert.Equal(data.Recorded[0].Select(text => text.Final), data.Recorded[30].Select(text => text.Final));
    }

    [Fact]
    public void NoPromptIsInTwoParts()
    {
        var data = Read("keep");
        string[] prompts = [.. new[] { data.Train, data.Validation, data.Test }
            .SelectMany(part => part.Documents.Select(document => Decoded(data, document.Prompt)))];
        Assert.Equal(40, prompts.Length);
        Assert.Equal(40, prompts.Distinct().Count());
        Assert.All(data.RecordedOfTest, Assert.NotNull);
        Assert.Equal(5, data.RecordedOfTest.Count);
    }

    [Fact]
    public void WhatDoesNotFitIsLeftOutAndCounted()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", Rows + JsonSerializer.Serialize(new { prompt = new string('x', 4000), expected = "1" }) + "\n");
        var data = TextDataReader.Read(Recipe("keep"), folder.Path, null, 2);
        var all = Enumerable.Range(1, 30).Select(seed => TextDataReader.Read(Recipe("keep"), folder.Path, null, (ulong)seed)).ToList();
        Assert.Contains(all, one => one.Warnings.Any(warning => warning.StartsWith("1 prompts do not fit", StringComparison.Ordinal)));
        Assert.True(data.Train.Count + data.Validation.Count + data.Test.Count <= 41);
    }

    /// <summary>By a field of the rows; by length where none is named; a row without the field is named.</summary>
    [Fact]
    public void QuestionsHaveSlices()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", Rows.Replace("{\"prompt\"", "{\"topic\": 7, \"prompt\"", StringComparison.Ordinal));
        var data = TextDataReader.Read(Recipe("keep") with { Slice = "topic" }, folder.Path, null, 1);
        Assert.Equal(Enumerable.Repeat("7", 5), data.SlicesOfTest);
        Assert.Equal(5, data.SlicesOfValidation.Count);
        Assert.Equal(Enumerable.Repeat("up to 2 words", 5), Read("keep").SlicesOfTest);
        folder.With("rows.jsonl", Rows);
        Assert.Contains("rows.jsonl:1  has no field 'topic', which data.slice names.", Assert.Throws<RetortException>(() =>
            TextDataReader.Read(Recipe("keep") with { Slice = "topic" }, folder.Path, null, 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>Equal but for case: two prompts to the grouping, one question to whoever is tested.</summary>
    [Fact]
    public void APromptOfTwoPartsStops()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", Rows + Rows.Replace("What ", "WHAT  ", StringComparison.Ordinal));
        TextData Read(string leaks) => TextDataReader.Read(Recipe("keep") with { Train = 60, Leaks = leaks }, folder.Path, null, 1);
        Assert.Contains("in one part what stands in another", Assert.Throws<RetortException>(() => Read("stop")).Message, StringComparison.Ordinal);
        Assert.Equal(60, Read("allow").PromptsOfTrain.Count);
        Assert.InRange(Read("leave-out").PromptsOfTrain.Count, 50, 59);
    }

    [Fact]
    public void TooFewPromptsAreRefused()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", Rows);
        var error = Assert.Throws<RetortException>(() =>
            TextDataReader.Read(Recipe("keep") with { Train = 31 }, folder.Path, null, 1));
        Assert.Contains("has 40 prompts to learn from and 0 to test on, for train 31, validation 5 and test 5.", error.Message, StringComparison.Ordinal);
    }

    internal static DataRecipe Recipe(string thought) => new()
    {
        Source = "traces", Path = "rows.jsonl", Thought = thought, Check = "math", ContextLength = 96, Vocabulary = 300, Train = 30,
        Validation = 5, Test = 5,
    };

    internal static TextData Read(string thought)
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", Rows);
        return TextDataReader.Read(Recipe(thought), folder.Path, null, 1);
    }

    private static string Line(int i, string answer) =>
        JsonSerializer.Serialize(new { prompt = $"What {i}?", expected = $"{i + 1}", answers = new[] { answer } }) + "\n";

    private static string Decoded(TextData data, IEnumerable<int> tokens) => data.Tokenizer.Tokenizer.Decode(tokens);
}
