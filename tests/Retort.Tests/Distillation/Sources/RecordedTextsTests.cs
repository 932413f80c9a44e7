using Retort.Labels;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tests.Distillation.Data.Traces;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

/// <summary>Recorded texts are verified, chosen among and kept.</summary>
public sealed class RecordedTextsTests
{
    [Fact]
    public void EachTextIsHeldAgainstTheRightAnswer()
    {
        using var folder = new TemporaryFolder();
        var data = TracesSourceTests.Read("keep");
        var note = new RecordedTexts(data, new AnswersRecipe()).Write(folder.Path);
        var (answers, whole) = AnswerFile.Read(folder.Path);
        Assert.True(whole);
        Assert.All(answers, answer => Assert.Equal(answer.Prompt != "What 3?\n" || !answer.Text.Contains("10", StringComparison.Ordinal), answer.Right));
        Assert.Contains(answers, answer => answer.Right == false);
        Assert.StartsWith($"{answers.Count} texts to 30 prompts; {answers.Count - 1} are right", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shortest", "<think>count")]
    [InlineData("all", null)]
    public void ChosenAmongTheRightOnes(string select, string? begins)
    {
        using var folder = new TemporaryFolder();
        var data = TracesSourceTests.Read("keep");
        new RecordedTexts(data, new AnswersRecipe { RightOnly = true, Select = select }).Write(folder.Path);
        var of = AnswerFile.Read(folder.Path).Answers.Where(answer => answer.Prompt is not ("What 3?\n" or "What 4?\n"))
            .GroupBy(answer => answer.Row).ToList();
        Assert.All(of, row => Assert.Equal(begins is null ? 2 : 1, row.Count()));
        if (begins is not null) Assert.All(of, row => Assert.StartsWith(begins, row.Single().Text, StringComparison.Ordinal));
    }

    [Fact]
    public void AThoughtIsAsRightAsItsAnswer()
    {
        using var folder = new TemporaryFolder();
        var data = TracesSourceTests.Read("task");
        new RecordedTexts(data, new AnswersRecipe()).Write(folder.Path);
        var answers = AnswerFile.Read(folder.Path).Answers;
        Assert.Equal(answers.Where(answer => answer.Row < 30).Select(answer => answer.Right),
            answers.Where(answer => answer.Row >= 30).Select(answer => answer.Right));
    }

    [Fact]
    public void AnInterruptedStoreIsBegunAgain()
    {
        using var folder = new TemporaryFolder();
        var texts = new RecordedTexts(TracesSourceTests.Read("keep"), new AnswersRecipe());
        texts.Write(folder.Path);
        var first = File.ReadAllText(folder.At("answers.jsonl"));
        File.WriteAllText(folder.At("answers.jsonl"), first[..(first.Length / 2)]);
        texts.Write(folder.Path);
        Assert.Equal(first, File.ReadAllText(folder.At("answers.jsonl")));
    }
}
