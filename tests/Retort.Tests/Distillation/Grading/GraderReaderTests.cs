using Retort.Grading;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Grading;

public sealed class GraderReaderTests
{
    [Theory]
    [InlineData("eq", "Paris", 1)]
    [InlineData("eq", "paris", 0)]
    [InlineData("ne", "paris", 1)]
    [InlineData("neq", "Paris", 0)]
    [InlineData("like", "It is Paris.", 1)]
    [InlineData("like", "It is PARIS.", 0)]
    [InlineData("ilike", "It is PARIS.", 1)]
    public void AStringIsChecked(string operation, string output, double score)
    {
        var grader = $$$"""{"type": "string_check", "name": "n", "input": "{{ sample.output_text }}", "reference": "{{item.city}}", "operation": "{{{operation}}}"}""";
        Assert.Equal(score, Graded.By(grader, Graded.Item(output, """{"city": "Paris"}""")).Score);
        Assert.Equal((null, "the item lacks what the grader reads"),
            (Graded.By(grader, Graded.Item(output)).Score, Graded.By(grader, Graded.Item(output)).Why));
    }

    [Theory]
    [InlineData("The answer is 42.", "42", 1)]
    [InlineData("First 3, then 42", "#### 42", 1)]
    [InlineData("1,234.50 dollars", "1234.5", 1)]
    [InlineData("50 %", "0.5", 1)]
    [InlineData("−3", "-3", 1)]
    [InlineData("1e3", "1000", 1)]
    [InlineData(".5", "0.5", 1)]
    [InlineData("x2", "2", 0)] // part of a name
    [InlineData("41.9", "42", 0)]
    [InlineData("none", "42", 0)]
    public void ANumberIsCompared(string output, string reference, double score) => Assert.Equal(score, Graded.By(
        """{"type": "numeric", "input": "{{sample.output_text}}", "reference": "{{item.r}}"}""",
        Graded.Item(output, $$"""{"r": "{{reference}}"}""")).Score);

    [Fact]
    public void TolerancesAndPlacesOfNumbers()
    {
        const string Grader = """{"type": "numeric", "input": "{{sample.output_text}}", "reference": "100", "relative_tolerance": 0.02, "take": "first"}""";
        Assert.Equal((1, 0, 1), (Graded.By(Grader, Graded.Item("98.5")).Score, Graded.By(Grader, Graded.Item("97.5")).Score,
            Graded.By(Grader, Graded.Item("101 of 7")).Score));
        var only = Grader.Replace("first", "only", StringComparison.Ordinal);
        Assert.Equal(0, Graded.By(only, Graded.Item("100 or 100")).Score);
        Assert.Equal("the reference holds no number", Graded.By(Grader.Replace("100", "x", StringComparison.Ordinal), Graded.Item("1")).Why);
    }

    [Theory]
    [InlineData("{{item.a.b[1]}}", "2")]
    [InlineData("{{item.n}}-{{item.o}}", "1.50-{\"k\":[true]}")]
    [InlineData("{{sample.output_json.x}}", "y")]
    [InlineData("{{sample.output_json.missing}}", "")]
    [InlineData("{{item.missing}}", null)]
    [InlineData("{{item.a.b[7]}}", null)]
    [InlineData("{{sample.output_tools}}", null)]
    [InlineData("}} {x}", "}} {x}")]
    public void ATemplateIsFilled(string template, string? made)
    {
        var item = Graded.Item("{\"x\": \"y\"}", """{"a": {"b": [1, 2]}, "n": 1.50, "o": {"k": [true]}}""");
        Assert.Equal(made, GraderTemplate.Parse("t", template).Render(item));
    }

    [Theory]
    [InlineData("{{item.a", "a {{ has no }}.")]
    [InlineData("{{user.name}}", "{{user.name}} names nothing.")]
    [InlineData("{{item}}", "{{item}} names nothing.")]
    [InlineData("{{item..a}}", "{{item..a}} names nothing.")]
    public void ATemplateThatNamesNothingIsRefused(string template, string what) =>
        Assert.Equal(what, Assert.Throws<RetortException>(() => GraderTemplate.Parse("t", template)).What);

    [Fact]
    public void AnAnswerThatIsNoJsonIsWrongBySchema()
    {
        const string Grader = """{"type": "json_schema", "input": "{{sample.output_text}}", "schema": {"type": "object", "required": ["a"]}}""";
        Assert.Equal([1, 0, 0], new[] { "{\"a\": 1}", "{}", "a: 1" }.Select(output => Graded.By(Grader, Graded.Item(output)).Score!.Value));
    }

    [Theory]
    [InlineData("{", "g.json:1:2", "the grader is no JSON.")]
    [InlineData("""{"type": "x", "type": "y"}""", "g.json", "the grader is no JSON.")]
    [InlineData("[]", "g.json", "the grader is no object.")]
    [InlineData("""{"type": "magic"}""", "g.json", "there is no grader of type 'magic'.")]
    [InlineData("""{"type": "python", "source": "def grade(): ..."}""", "g.json", "the grader is a Python program, and none is run here.")]
    [InlineData("""{"type": "string_check", "input": "a", "refrence": "b", "operation": "eq"}""", "g.json", "a grader of type string_check has no key \"refrence\".")]
    [InlineData("""{"type": "string_check", "input": "a", "reference": "b", "operation": "is"}""", "g.json.operation", "it is something else.")]
    [InlineData("""{"type": "string_check", "input": "a", "operation": "eq"}""", "g.json", "\"reference\" is missing.")]
    [InlineData("""{"type": "score_model", "model": "m", "input": "a"}""", "g.json", "a grader of type score_model asks a model, and none was named.")]
    [InlineData("""{"type": "numeric", "input": "1", "reference": "1", "absolute_tolerance": -1}""", "g.json.absolute_tolerance", "it is something else.")]
    public void WhatIsNoGraderIsNamed(string grader, string where, string what)
    {
        var error = Assert.Throws<RetortException>(() => GraderReader.Parse("g.json", grader));
        Assert.Equal((where, what), (error.Location, error.What));
    }
}
