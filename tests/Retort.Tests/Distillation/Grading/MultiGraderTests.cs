using Retort.Grading;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Grading;

public sealed class MultiGraderTests
{
    private const string A = """{"type": "string_check", "name": "a", "input": "{{sample.output_text}}", "reference": "x", "operation": "like"}""",
        B = """{"type": "string_check", "name": "b", "input": "{{sample.output_text}}", "reference": "{{item.r}}", "operation": "like"}""";

    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) * 3", 9)]
    [InlineData("8 / 2 / 2 - 1 - 1", 0)]
    [InlineData("-a + --b", 1.5)]
    [InlineData("min(a, b, 3) + max(a, b)", 2.5)]
    [InlineData("abs(-1) + floor(1.7) + ceil(1.2) + exp(0) + sqrt(4) + log(1)", 7)]
    [InlineData("1e1 + 2.5E-1 + .5", 10.75)]
    [InlineData("a/0", double.PositiveInfinity)]
    [InlineData("log(-1)", double.NaN)]
    public void AFormulaIsCalculated(string formula, double value) =>
        Assert.Equal(value, GraderFormula.Parse("f", formula).Of(new Dictionary<string, double> { ["a"] = 0.5, ["b"] = 2 }), 1e-12);

    [Theory]
    [InlineData("", 1, "the formula breaks off.")]
    [InlineData("1 +", 4, "the formula breaks off.")]
    [InlineData("(1 + 2", 7, "')' should stand here.")]
    [InlineData("1 + 2)", 6, "')' means nothing here.")] // the vendor's own example has one too many
    [InlineData("a b", 3, "'b' means nothing here.")]
    [InlineData("system('x')", 8, "a name or a number should stand here.")]
    [InlineData("pow(2)", 1, "there is no function 'pow'.")]
    [InlineData("sqrt(1, 2)", 1, "sqrt takes one number, not 2.")]
    [InlineData("1.2.3", 1, "a name or a number should stand here.")]
    public void WhatIsNoFormulaIsRefusedByItsColumn(string formula, int column, string what)
    {
        var error = Assert.Throws<RetortException>(() => GraderFormula.Parse("f", formula));
        Assert.Equal(($"f:{column}", what), (error.Location, error.What));
    }

    [Fact]
    public void LengthAndDepthAreBounded()
    {
        Assert.Equal("the formula has 4097 characters.", Assert.Throws<RetortException>(() => GraderFormula.Parse("f", new string('1', 4097))).What);
        Assert.StartsWith("the formula nests deeper than 64", Assert.Throws<RetortException>(() => GraderFormula.Parse("f", new string('(', 4000))).What, StringComparison.Ordinal);
        Assert.Equal(1, GraderFormula.Parse("f", new string('-', 4000) + "1").Of(new Dictionary<string, double>()));
    }

    [Theory]
    [InlineData($$"""{"a": {{A}}, "b": {{B}}}""")]
    [InlineData($"[{A}, {B}]")]
    public void GradersAreCombined(string graders)
    {
        var grader = $$"""{"type": "multi", "graders": {{graders}}, "calculate_output": "0.25 * a + 0.75 * b", "pass_threshold": 0.5}""";
        var grade = Graded.By(grader, Graded.Item("x", """{"r": "y"}"""));
        Assert.Equal((0.25, false), (grade.Score, grade.Passed));
        grade = Graded.By(grader, Graded.Item("y", """{"r": "y"}"""));
        Assert.Equal((0.75, true), (grade.Score, grade.Passed));
        Assert.Null(Graded.By(grader, Graded.Item("x")).Score); // b is ungraded
        Assert.Equal(1, Graded.By(grader.Replace("0.25 * a + 0.75 * b", "a", StringComparison.Ordinal), Graded.Item("x")).Score); // and not asked for
    }

    [Fact]
    public void WhatIsOutsideOfScoresIsAnError()
    {
        var grader = $$"""{"type": "multi", "graders": {{A}}, "calculate_output": "a + 1"}""";
        Assert.Equal("calculate_output gives 2.", Assert.Throws<RetortException>(() => Graded.By(grader, Graded.Item("x"))).What);
        Assert.Equal("the formula gives no number", Graded.By(grader.Replace("a + 1", "0/(a-1)", StringComparison.Ordinal), Graded.Item("x")).Why);
        var error = Assert.Throws<RetortException>(() => GraderReader.Parse("g", grader.Replace("a + 1", "c", StringComparison.Ordinal)));
        Assert.Equal(("there is no grader 'c'.", "a."), (error.What, error.Expected));
        var deep = Enumerable.Range(0, 6).Aggregate(A, (inner, _) => $$"""{"type": "multi", "name": "a", "graders": {"a": {{inner}}}, "calculate_output": "a"}""");
        Assert.Equal("graders nest deeper than 4.", Assert.Throws<RetortException>(() => GraderReader.Parse("g", deep)).What);
    }
}
