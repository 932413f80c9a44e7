using Retort.Data;
using Retort.Data.Text;
using Retort.Labels;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class TeacherTextsTests : IDisposable
{
    private static readonly AnswersRecipe Drawn = new() { Temperature = 1, PerPrompt = 2 };

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly TextData _data = TextDataReader.Read(
        new DataRecipe { Source = "arithmetic", Train = 70, Prompts = 30, Validation = 1, Test = 1, Terms = 2, TestTerms = 2, ContextLength = 24 },
        "", null, 1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>Killed at any group and gone on with, the store has the same answers.</summary>
    [Fact]
    public void WhatIsMissingIsWrittenTheSame()
    {
        using var teacher = Teacher();
        Texts(Drawn).Write(teacher, _folder.At("whole"), CancellationToken.None);
        var whole = AnswerFile.Read(_folder.At("whole"));
        Assert.True(whole.Whole);
        Assert.Equal(200, whole.Answers.Count);
        AnswerFile.Append(_folder.At("part"), whole.Answers.Skip(20).Take(50));
        Texts(Drawn).Write(teacher, _folder.At("part"), CancellationToken.None);
        string[] Said(string name) => [.. AnswerFile.Read(_folder.At(name)).Answers.OrderBy(answer => (answer.Row, answer.Number))
            .Select(answer => $"{answer.Row} {answer.Number} {answer.Prompt} {string.Join(',', answer.Tokens)} {answer.Ended} {answer.Right}")];
        Assert.Equal(Said("whole"), Said("part"));
        Assert.Contains(whole.Answers.GroupBy(answer => answer.Row), row => row.First().Text != row.Last().Text);
    }

    [Fact]
    public void PromptsAreReadAndAnswersAreLearnt()
    {
        var own = _data.Asked.Documents[0];
        var right = new WrittenAnswer(0, 0, "", "", own.Answer, true, true);
        AnswerFile.Append(_folder.Path, [right, right with { Number = 1, Right = false }, right with { Row = 1, Ended = false }]);
        var (documents, note) = Texts(Drawn).Read(_folder.Path);
        Assert.Equal(2, documents.Count);
        Assert.Equal(own.Tokens, documents[0].Tokens);
        Assert.Equal(own.Learnt, documents[0].Learnt);
        Assert.Equal("3 answers, 2 came to an end, 2 are right; 2 are learnt", note);
        Assert.Single(Texts(Drawn with { RightOnly = true }).Read(_folder.Path).Documents);
    }

    [Fact]
    public void NothingToLearnIsSaid()
    {
        AnswerFile.Append(_folder.Path, [new WrittenAnswer(0, 0, "", "", [1], false, null)]);
        Assert.Contains("holds no answer to learn from: of 1, 0 came to an end",
            Assert.Throws<RunFailedException>(() => Texts(Drawn).Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private TeacherTexts Texts(AnswersRecipe recipe) => new(_data, recipe, new Seed(9), new Progress<StageProgress>());

    private Gpt Teacher()
    {
        var model = new Gpt(new GptShape(18, 8, 1, 2, 1, 4, 16, 24, TiedHead: true));
        model.Build(_device, new Seed(2));
        return model;
    }
}
