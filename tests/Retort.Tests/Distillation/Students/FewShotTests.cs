using Retort.Students;
using Retort.Tensors;
using Retort.Tests.Distillation.Data.Traces;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class FewShotTests
{
    [Fact]
    public void WorkedExamplesOfTheTrainingPartStandBeforeEachPrompt()
    {
        var data = TracesSourceTests.Read("keep");
        var shots = FewShot.Of(data, 10_000, new Seed(1))!;
        Assert.Equal(8, shots.Examples);
        string Said(IEnumerable<int> tokens) =>
            data.Tokenizer.Tokenizer.Decode(tokens.Where(token => !data.Tokenizer.Ends.Contains(token)));
        var examples = data.Train.Documents.Select(document => $"{Said(document.Prompt)}{Said(document.Answer)}").ToHashSet();
        foreach (var (document, asked) in shots.Documents.Zip(data.Test.Documents))
        {
            var parts = Said(document.Prompt).Split("\n\n");
            Assert.Equal(9, parts.Length);
            Assert.All(parts[..8], part => Assert.Contains(part, examples));
            Assert.Equal(8, parts[..8].Distinct().Count());
            Assert.Equal(Said(asked.Prompt), parts[8]);
            Assert.Equal(asked.Answer, document.Answer);
        }
    }

    /// <summary>As many as fit, down to one; then none.</summary>
    [Fact]
    public void TheContextLimitsThem()
    {
        var data = TracesSourceTests.Read("keep");
        int Longest(int context) =>
            FewShot.Of(data, context, new Seed(1)) is { } shots ? shots.Documents.Max(document => document.Tokens.Length) : 0;
        var alone = data.Test.Documents.Max(document => document.Prompt.Length)
            + data.Test.Documents.Max(document => document.Answer.Length);
        Assert.Null(FewShot.Of(data, alone, new Seed(1)));
        int[] counts = [.. Enumerable.Range(alone, 400).Select(context => FewShot.Of(data, context, new Seed(1))?.Examples ?? 0)];
        Assert.Equal([0, 1, 2, 4, 8], counts.Distinct());
        Assert.Equal(counts.Order(), counts);
        Assert.All(Enumerable.Range(alone, 400), context => Assert.True(Longest(context) <= context));
    }

    [Theory]
    [InlineData("<answer>4</answer>\n\nWhat 5?\n<answer>6</answer>", "<answer>4</answer>")]
    [InlineData("\n\n<answer>4</answer>", "<answer>4</answer>")]
    [InlineData("4", "4")]
    public void WhatFollowsTheAnswerIsNotTheAnswer(string said, string answer) => Assert.Equal(answer, FewShot.Answer(said));
}
