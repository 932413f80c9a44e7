using Retort.Grading;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Grading.Judges;

public sealed class JudgeGraderTests
{
    private const string Scored = """{"type": "score_model", "name": "s", "model": "m", "input": [{"role": "system", "content": "Be fair."}, {"role": "user", "content": "{{item.q}}: {{sample.output_text}}"}], "range": [1, 7], "pass_threshold": 5, "sampling_params": {"max_completions_tokens": 9}}""",
        Labelled = """{"type": "label_model", "name": "l", "model": "m", "input": "{{sample.output_text}}", "labels": ["good", "bad", "very bad"], "passing_labels": ["good"]}""",
        Paired = """{"type": "pairwise_model", "name": "p", "model": "m", "input": "{{item.q}}", "answer": "{{sample.output_text}}", "other": "{{item.r}}"}""";

    private static GradedItem Item => Graded.Item("mine", """{"q": "why", "r": "theirs"}""");

    [Theory]
    [InlineData("""{"result": 4}""", 0.5)]
    [InlineData("```json\n{\"score\": 7.0}\n```", 1.0)]
    [InlineData("<think>\nIt is 3, no: 2.\n</think>\n{\"result\": \"1\"}", 0.0)]
    [InlineData("<think>a</think><think>b</think>5.5", 0.75)]
    [InlineData("I give it 4.", 0.5)]
    public void AScoreIsItsShareOfTheRange(string reply, double score)
    {
        var judge = new ScriptedJudge(reply);
        Assert.Equal(score, Graded.By(Scored, Item, judge).Score!.Value, 1e-12);
        Assert.Equal("system: Be fair. | user: why: mine | user: Answer with JSON only: {\"result\": NUMBER}, where NUMBER is from 1 to 7.", Assert.Single(judge.Asked));
    }

    [Theory]
    [InlineData("<think>\n1", "the judge's answer cannot be read")]
    [InlineData("<think>4</think>", "the judge's answer cannot be read")]
    [InlineData("", "the judge's answer cannot be read")]
    [InlineData("between 3 and 4", "the judge's answer cannot be read")]
    [InlineData("""{"verdict": 4}""", "the judge's answer cannot be read")]
    [InlineData("""{"result": null}""", "the judge's answer cannot be read")]
    [InlineData("""{"result": 8}""", "the judge's score is outside its range")]
    [InlineData(null, "the judge did not answer")]
    public void WhatCannotBeReadIsUngradedAndNeverZero(string? reply, string why)
    {
        var grade = Graded.By(Scored, Item, new ScriptedJudge(reply));
        Assert.Equal((null, null, null, why), (grade.Score, grade.Passed, grade.Value, grade.Why));
    }

    [Theory]
    [InlineData("""{"result": "good"}""", """{"label": "GOOD."}""", 1.0, null)]
    [InlineData("bad", "**Very bad**", 0.0, null)]
    [InlineData("good", "bad", null, "the judge changes its mind with the order")]
    [InlineData("good or bad", "good", null, "the judge names no label")]
    [InlineData("<think>good", "good", null, "the judge's answer cannot be read")]
    [InlineData("good", null, null, "the judge did not answer")]
    public void ALabelIsAskedForInBothOrders(string? first, string? second, double? score, string? why)
    {
        var judge = new ScriptedJudge(first, second);
        var grade = Graded.By(Labelled, Item, judge);
        Assert.Equal((score, why), (grade.Score, grade.Why));
        if (judge.Asked.Count < 2) return;
        Assert.EndsWith("""one of "good", "bad", "very bad".""", judge.Asked[0], StringComparison.Ordinal);
        Assert.EndsWith("""one of "very bad", "bad", "good".""", judge.Asked[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A", "B", 1.0)]
    [InlineData("B", "A", 0.0)]
    [InlineData("A", "A", 0.5)] // goes by the order
    [InlineData("tie", "B", 0.5)]
    [InlineData("tie", "tie", 0.5)]
    [InlineData("A", "neither", null)]
    public void TwoAnswersAreComparedInBothOrders(string first, string second, double? score)
    {
        var judge = new ScriptedJudge(first, second);
        Assert.Equal(score, Graded.By(Paired, Item, judge).Score);
        Assert.Contains("Answer A:\nmine\n\nAnswer B:\ntheirs", judge.Asked[0], StringComparison.Ordinal);
        Assert.Contains("Answer A:\ntheirs\n\nAnswer B:\nmine", judge.Asked[1], StringComparison.Ordinal);
    }

    /// <summary>In a formula a score is what the judge said, as the vendor has it.</summary>
    [Fact]
    public void AFormulaSeesTheJudgesOwnNumber()
    {
        var grader = $$"""{"type": "multi", "graders": {"s": {{Scored}}}, "calculate_output": "s / 7"}""";
        Assert.Equal(6 / 7.0, Graded.By(grader, Item, new ScriptedJudge("6")).Score!.Value, 1e-12);
        Assert.Equal("the judge's answer cannot be read", Graded.By(grader, Item, new ScriptedJudge("six")).Why);
    }

    [Theory]
    [InlineData("\"labels\": [\"good\", \"bad\", \"very bad\"]", "\"labels\": [\"good\"]", "g.labels")]
    [InlineData("\"passing_labels\": [\"good\"]", "\"passing_labels\": [\"fine\"]", "g.passing_labels")]
    [InlineData("\"input\": \"{{sample.output_text}}\"", "\"input\": []", "g.input")]
    [InlineData("\"input\": \"{{sample.output_text}}\"", "\"input\": [{\"role\": \"dog\", \"content\": \"a\"}]", "g.input")]
    public void WhatIsNoJudgesGraderIsNamed(string from, string to, string where) =>
        Assert.Equal(where, Assert.Throws<RetortException>(() =>
        GraderReader.Parse("g", Labelled.Replace(from, to, StringComparison.Ordinal), new ScriptedJudge(""))).Location);
}
