using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>Recipes with rounds: read, written out and read again; and what cannot work, in one sentence.</summary>
public sealed class RoundsCheckTests
{
    private const string Given = """
        name: rounds
        data: {source: tales, train: 40, validation: 8, test: 10, contextLength: 40}
        teacher: {source: chat, chat: {endpoint: "http://127.0.0.1:1/v1", model: judge, priceIn: 0, priceOut: 0}}
        labels: {kind: judged}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
          rounds: {}
        """;

    [Theory]
    [InlineData]
    [InlineData("student.rounds.judge={by: score, question: \"is {answer}\\nright?\", grades: [no, yes], tie: 0.1}")]
    [InlineData("student.rounds.judge={by: check, opponents: 3}", "student.objective=[{name: hard-label}]")]
    [InlineData("student.objective=[{name: direct-preference, strength: 0.2}]", "student.rounds.training={epochs: 3}")]
    public void WhatIsWrittenOutIsReadAgain(params string[] settings)
    {
        var recipe = Read(settings);
        RecipeCheck.Check(recipe, "rounds.yaml");
        var again = RecipeReader.Read(RecipeWriter.Write(recipe), "again.yaml");
        Assert.Equal(RecipeWriter.Write(recipe), RecipeWriter.Write(again));
    }

    [Fact]
    public void TheBestOfNIsLearntWhereNothingElseIsSaid()
    {
        var recipe = Read();
        Assert.Equal("best-of-n", Assert.Single(recipe.Student.Objective).Name);
        Assert.Contains("{second}", recipe.Student.Rounds!.Judge.Question, StringComparison.Ordinal);
        Assert.Contains("N = 4 is of how many draws", ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels.kind is judged without student.rounds", "student={model: {kind: gpt, width: 16, layers: 1, heads: 2}}")]
    [InlineData("student.rounds stands beside labels.kind live", "labels={kind: live}")]
    [InlineData("teacher.source recorded", "teacher={source: recorded}")]
    [InlineData("data.source traces", "data={source: traces, path: x.jsonl}")]
    [InlineData("student.onPolicy", "student.onPolicy={share: 0.5}")]
    [InlineData("student.model.from teacher", "student.model={kind: gpt, from: teacher}")]
    [InlineData("sizes beside student.model.from", "student.model={kind: gpt, from: x, layers: 2}")]
    [InlineData("several objectives", "student.objective=[{name: best-of-n}, {name: hard-label}]")]
    [InlineData("objective 'soft-label' does not know what a judged answer is", "student.objective=[{name: soft-label}]")]
    [InlineData("student.rounds.training.accumulate", "student.rounds.training={accumulate: 2}")]
    [InlineData("teacher.chat.system", "teacher.chat.system=Be fair.")]
    [InlineData("student.rounds.judge.by check and data.check none", "data={source: text, path: x.jsonl}", "student.rounds.judge={by: check}")]
    [InlineData("student.rounds.judge.question has no {second}", "student.rounds.judge={question: \"{prompt} {first}\"}")]
    [InlineData("student.rounds.judge.grades stands beside by: pairs", "student.rounds.judge={grades: [a, b]}")]
    [InlineData("student.rounds.judge.grades has 1 words", "student.rounds.judge={by: score, grades: [a]}")]
    [InlineData("unknown key 'answer' in student.rounds", "student.rounds={answer: 3}")]
    public void WhatCannotWorkIsSaid(string error, params string[] settings) => Assert.Contains(error,
        Assert.Throws<RetortException>(() => RecipeCheck.Check(Read(settings), "rounds.yaml")).Message, StringComparison.Ordinal);

    /// <summary>Outside rounds nobody ranks answers.</summary>
    [Fact]
    public void RanksComeFromAJudge() => Assert.Contains("student.rounds: {count: 2}", Assert.Throws<RetortException>(() => RecipeCheck.Check(
        RecipeReader.Read(Catalog.ReadShipped("tales").Text, "tales.yaml", ["student.objective=[{name: best-of-n}]"]), "tales.yaml")).Message,
        StringComparison.Ordinal);

    private static Recipe Read(params string[] settings) => RecipeReader.Read(Given, "rounds.yaml", settings);
}
