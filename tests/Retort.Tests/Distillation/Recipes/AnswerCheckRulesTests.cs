using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>data.check, the keys of its kinds, and what rewriting asks of it.</summary>
public sealed class AnswerCheckRulesTests
{
    [Theory]
    [InlineData("check: expression", "data.check expression needs the key 'data.pattern'.")]
    [InlineData("check: command", "data.check command needs the key 'data.command'.")]
    [InlineData("check: math, pattern: x", "data.pattern stands beside data.check math.")]
    [InlineData("check: math, command: [sh]", "data.command stands beside data.check math.")]
    [InlineData("check: math, commandSeconds: 3", "data.commandSeconds stands beside data.check math.")]
    [InlineData("check: expression, pattern: '(?=a)'", "t.yaml:2:")]
    public void WhatDoesNotBelongTogether(string keys, string error) => Assert.Contains(error,
        Assert.Throws<RetortException>(() => Read(keys)).Message, StringComparison.Ordinal);

    [Fact]
    public void WrittenAsItIsRead()
    {
        var recipe = Read("check: command, command: [python3, tests.py, '{answer}'], commandSeconds: 5");
        var again = RecipeReader.Read(RecipeWriter.Write(recipe), "recipe.yaml");
        Assert.Equal(["python3", "tests.py", "{answer}"], again.Data.Command);
        Assert.Equal(5, again.Data.CommandSeconds);
        Assert.Equal("a: ([0-9]+)", RecipeReader.Read(RecipeWriter.Write(Read("check: expression, pattern: 'a: ([0-9]+)'")), "r.yaml").Data.Pattern);
    }

    [Theory]
    [InlineData("{rewriter: {endpoint: http://127.0.0.1:1/v1, model: m}}", "", "labels.answers.rewriter stands without labels.answers.rewrite.")]
    [InlineData("{rewrite: shorter}", "", "labels.answers.rewrite has no {answer}.")]
    [InlineData("{rewrite: 'shorter {answer}'}", "", "labels.answers.rewrite stands without labels.answers.rewriter.")]
    [InlineData("{rewrite: 'shorter {answer}'}", "thought: strip", "labels.answers.rewrite stands beside data.thought strip.")]
    [InlineData("{rewrite: 'shorter {answer}'}", "check: none", "labels.answers.rewrite stands beside data.check none.")]
    [InlineData("{rightOnly: true}", "check: none", "teacher.source recorded stands beside labels.answers.rightOnly and data.check none.")]
    public void WhatRewritingNeeds(string answers, string keys, string error) => Assert.Contains(error,
        Assert.Throws<RetortException>(() => RecipeCheck.Check(Read(keys, answers), "t.yaml")).Message, StringComparison.Ordinal);

    private static Recipe Read(string keys, string answers = "{}") => RecipeReader.Read(
        $"name: t\ndata: {{source: traces, path: rows.jsonl{(keys.Length > 0 ? ", " + keys : "")}}}\nteacher: {{source: recorded}}\n"
        + $"labels: {{kind: text, answers: {answers}}}\nstudent: {{model: {{kind: gpt, width: 16, layers: 1, heads: 2}}}}\n", "t.yaml");
}
