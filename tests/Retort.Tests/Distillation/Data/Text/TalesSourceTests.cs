using Retort.Data;
using Retort.Data.Text;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class TalesSourceTests
{
    private static readonly DataRecipe Small = new() { Source = "tales", Train = 80, Validation = 20, Test = 60, ContextLength = 40 };

    private static TextData Read(DataRecipe recipe, ulong seed = 1) => TextDataReader.Read(recipe, "", null, seed);

    private static string Text(TextData data, IEnumerable<int> tokens) => data.Tokenizer.Tokenizer.Decode(tokens);

    /// <summary>Four tokens are the prompt, a word is a token, and what is read says what was written.</summary>
    [Fact]
    public void AStoryIsItsWords()
    {
        var data = Read(Small);
        Assert.Equal(127, data.Tokenizer.Tokenizer.Size);
        foreach (var document in data.Test.Documents)
        {
            var (prompt, answer) = (Text(data, document.Prompt), Text(data, document.Answer[..^1]));
            Assert.Equal((4, data.Tokenizer.End), (document.Prompt.Length, document.Answer[^1]));
            Assert.Equal(document.Tokens.Length - 1, (prompt + answer).Split(' ').Length);
            Assert.True(data.Check!.IsRight(prompt, answer, answer));
            Assert.False(data.Check.IsRight(prompt, answer, answer[..^2]));
        }
    }

    [Fact]
    public void NoPartHasAStoryOfAnother()
    {
        var data = Read(Small with { Train = 3000, Validation = 300, Test = 300 });
        string[] Stories(TextPart part) => [.. part.Documents.Select(document => Text(data, document.Tokens)).Distinct()];
        var (train, validation, test) = (Stories(data.Train), Stories(data.Validation), Stories(data.Test));
        Assert.Equal((3000, 300, 300), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Empty(train.Intersect(validation).Concat(train.Intersect(test)).Concat(validation.Intersect(test)));
        Assert.True(train.Length > 2900); // stories have choices
        Assert.InRange(data.Train.Tokens / 3000.0, 31.5, 33.5); // a story of the pilot has 33
    }

    /// <summary>The world, too: what may happen there is another question for each seed.</summary>
    [Fact]
    public void TheSeedDecides()
    {
        Assert.Equal(Read(Small).Hash, Read(Small).Hash);
        Assert.NotEqual(Read(Small).Hash, Read(Small, 2).Hash);
        var (one, other) = (Read(Small), Read(Small, 2));
        Assert.InRange(other.Test.Documents.Count(document =>
            one.Check!.IsRight(Text(one, document.Prompt), "", Text(one, document.Answer[..^1]))), 0, 6);
    }

    /// <summary>The student's stories are the first of the teacher's.</summary>
    [Fact]
    public void ATeacherHasSeenMore()
    {
        var data = Read(Small with { TeacherTrain = 100, Prompts = 30 });
        Assert.Equal((80, 100, 110), (data.Train.Count, data.ForTeacher.Count, data.Asked.Count));
        Assert.Equal(Read(Small).Train.Hash, data.Train.Hash);
        Assert.Equal(data.Train.Documents, data.ForTeacher.Documents.Take(80));
    }

    [Fact]
    public void TooLongAStoryIsNamed() => Assert.Contains("tokens.\n  at most data.contextLength, 20",
        Assert.ThrowsAny<Exception>(() => Read(Small with { ContextLength = 20 })).Message, StringComparison.Ordinal);
}
