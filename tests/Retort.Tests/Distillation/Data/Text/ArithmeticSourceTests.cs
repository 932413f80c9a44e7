using Retort.Data;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class ArithmeticSourceTests
{
    private static readonly DataRecipe Small = new() { Source = "arithmetic", Train = 80, Validation = 20, Test = 60, ContextLength = 64 };

    private static TextData Read(DataRecipe recipe, ulong seed = 1) => TextDataReader.Read(recipe, "", null, seed);

    [Fact]
    public void StepsLeadToTheResult()
    {
        var sum = new ChainSum([3, 4, 2, 9], ['+', '*', '-']);
        Assert.Equal("3+4*2-9:", sum.Prompt);
        Assert.Equal("3+4=7 7*2=4 4-9=5 >5", sum.Answer(steps: true));
        Assert.Equal(">5", sum.Answer(steps: false));
    }

    [Theory]
    [InlineData("3+4=7 >7", true)]
    [InlineData(">7", true)]
    [InlineData("3+4=8 >7 ", true)]
    [InlineData("3+4=7 >8", false)]
    [InlineData("7", false)]
    [InlineData("3+4=7 >", false)]
    [InlineData(">7 >8", false)]
    [InlineData(">8 >7", true)]
    public void OnlyTheResultCounts(string answer, bool right) =>
        Assert.Equal(right, new ChainSumCheck().IsRight("3+4:", "3+4=7 >7", answer));

    [Fact]
    public void NoPartHasASumOfAnother()
    {
        var data = Read(Small);
        string[] Prompts(TextPart part) =>
            [.. part.Documents.Select(document => data.Tokenizer.Tokenizer.Decode(document.Prompt)).Distinct()];
        var (train, validation, test) = (Prompts(data.Train), Prompts(data.Validation), Prompts(data.Test));
        Assert.Equal((80, 20, 60), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Empty(train.Intersect(validation).Concat(train.Intersect(test)).Concat(validation.Intersect(test)));
        Assert.All(train, prompt => Assert.InRange(prompt.Length, 4, 8));
        Assert.Contains(test, prompt => prompt.Length == 12);
        Assert.Equal("6 digits, longer than trained", data.Test.Groups[4]);
    }

    [Fact]
    public void WhatIsReadIsWhatWasWritten()
    {
        var data = Read(Small);
        foreach (var document in data.Test.Documents)
        {
            var text = data.Tokenizer.Tokenizer.Decode(document.Tokens);
            Assert.Contains(":", text, StringComparison.Ordinal);
            Assert.Equal(text.IndexOf(':', StringComparison.Ordinal) + 1, document.Prompt.Length);
            Assert.Equal(data.Tokenizer.End, document.Answer[^1]);
            Assert.Equal(18, data.Tokenizer.Tokenizer.Size);
        }
    }

    [Fact]
    public void TheSeedDecides()
    {
        Assert.Equal(Read(Small).Hash, Read(Small).Hash);
        Assert.NotEqual(Read(Small).Hash, Read(Small, 2).Hash);
        Assert.NotEqual(Read(Small).Hash, Read(Small with { Steps = false }).Hash);
    }

    /// <summary>Teacher and prompts go on where the student's sums end, and change nothing of those.</summary>
    [Fact]
    public void ATeacherHasSeenMore()
    {
        var data = Read(Small with { TeacherTrain = 100, Prompts = 30 });
        Assert.Equal((80, 100, 110), (data.Train.Count, data.ForTeacher.Count, data.Asked.Count));
        Assert.Equal(Read(Small).Train.Documents.Select(document => document.Place),
            data.Train.Documents.Select(document => document.Place));
        Assert.Equal(data.Train.Documents, data.ForTeacher.Documents.Take(80));
    }

    [Fact]
    public void TooLongASumIsNamed() => Assert.Contains("tokens.\n  at most data.contextLength, 20",
        Assert.ThrowsAny<Exception>(() => Read(Small with { ContextLength = 20 })).Message, StringComparison.Ordinal);

    /// <summary>The saved tokenizer is the one that was used.</summary>
    [Fact]
    public void TheTokenizerIsSaved()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = TextTokenizer.OfCharacters(ChainSum.Characters);
        tokenizer.WriteTo(folder.Path);
        var again = TextTokenizer.Open(folder.Path);
        Assert.Equal(tokenizer.Plain("3+4=7 >7"), again.Plain("3+4=7 >7"));
        Assert.Equal(tokenizer.End, again.End);
        Assert.Equal("3+4=7 >7", again.Tokenizer.Decode(again.Plain("3+4=7 >7")));
    }
}
