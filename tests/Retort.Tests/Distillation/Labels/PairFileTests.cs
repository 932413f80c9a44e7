using Retort.Data;
using Retort.Labels;
using Retort.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

/// <summary>Pairs as data.source preferences reads them: ties stand in the file, and nobody learns of them.</summary>
public sealed class PairFileTests
{
    [Fact]
    public void WhatIsWrittenIsReadAndTiesAreCounted()
    {
        using var folder = new TemporaryFolder();
        PairFile.Write(folder.At("new/pairs.jsonl"), [.. Enumerable.Range(0, 12).Select(i =>
            new AnswerPair($"{i}", [("user", $"question {i} \"{{}}\" é")], $"good {i}", $"bad {i}", Tie: i % 4 == 3))]);
        Assert.Equal(12, File.ReadLines(folder.At("new/pairs.jsonl")).Count());
        Assert.Equal(3, File.ReadLines(folder.At("new/pairs.jsonl")).Count(line => line.EndsWith(",\"tie\":true}", StringComparison.Ordinal)));
        var data = TextDataReader.Read(new DataRecipe { Source = "preferences", Path = folder.At("new/pairs.jsonl"), Vocabulary = 300, Test = 2,
            Validation = 2, ContextLength = 256 }, ".", null, 1);
        Assert.Equal((5, 2), (data.Pairs.Count, data.PairsOfTest.Count));
        Assert.Contains("3 pairs are ties: nothing is learnt of them.", data.Warnings);
        string Text(IEnumerable<int> tokens) =>
            data.Tokenizer.Tokenizer.Decode(tokens.Where(token => !data.Tokenizer.Ends.Contains(token)));
        Assert.All(data.Pairs, pair =>
        {
            Assert.StartsWith("good ", Text(pair.Preferred.Answer), StringComparison.Ordinal);
            Assert.StartsWith("bad ", Text(pair.Other.Answer), StringComparison.Ordinal);
        });
    }
}
