using Retort.Comparisons;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Comparisons;

public sealed class ComparisonResultTests
{
    [Fact]
    public void AGainThatAControlHasTooIsNotCredited()
    {
        var result = Result([0.80, 0.80, 0.81], [0.90, 0.90, 0.91], control: [0.90, 0.901, 0.909], method: [0.95, 0.951, 0.96]);
        Assert.Equal("permuted-knowledge gains as much", result.Credit(result.PlainRow));
        Assert.Equal("gain over no teacher and controls", result.Credit(result.Rows[^1]));
        Assert.Equal("", result.Credit(result.Alone));
        Assert.Equal("better", result.AgainstPlain(result.Rows[^1]));
        Assert.Equal("inside the noise", result.AgainstPlain(result.Rows[2]));
        Assert.StartsWith("Use decoupled-knowledge:", result.Advice()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void InsideTheNoisePlainDistillationIsAdvised()
    {
        var result = Result([0.80, 0.82, 0.81], [0.90, 0.90, 0.91], control: [0.85, 0.85, 0.86], method: [0.95, 0.85, 0.91]);
        Assert.StartsWith("Use plain distillation (T = 4, hardWeight = 0.1): no method beats it", result.Advice()[0], StringComparison.Ordinal);
        Assert.Equal("gain over no teacher and controls", result.Credit(result.PlainRow));
    }

    [Fact]
    public void ATeacherThatDoesNotHelpIsSaid()
    {
        var result = Result([0.90, 0.92, 0.91], [0.90, 0.90, 0.91], control: [0.85, 0.85, 0.86], method: [0.8, 0.81, 0.8]);
        Assert.Contains("against no teacher: inside the noise", string.Join(' ', result.Advice()), StringComparison.Ordinal);
        Assert.Equal("no gain over no teacher", result.Credit(result.PlainRow));
        Assert.Equal("worse", result.AgainstPlain(result.Rows[^1]));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void ManyComparisonsAreSaidToBeMany(int methods, bool said)
    {
        var result = Result([0.80, 0.80, 0.81], [0.90, 0.90, 0.91], control: [0.85, 0.85, 0.86], method: [0.95, 0.951, 0.96]);
        if (methods == 2) result = result with { Rows = [.. result.Rows, Row("dist", Role.Method, [0.8, 0.81, 0.8])] };
        Assert.Equal(said, result.Advice().Any(sentence => sentence.StartsWith("1 of 2 look better", StringComparison.Ordinal)));
    }

    [Fact]
    public void OneSeedConcludesNothing()
    {
        var result = Result([0.8], [0.9], [0.85], [0.99]);
        Assert.Contains("--seeds 5", Assert.Single(result.Advice()), StringComparison.Ordinal);
    }

    [Fact]
    public void ThePageAndTheNumbersHoldEveryRow()
    {
        var result = Result([0.80, 0.80, 0.81], [0.90, 0.90, 0.91], control: [0.90, 0.901, 0.909], method: [0.95, 0.951, 0.96]);
        foreach (var text in new[] { ComparisonHtml.Render(result), ComparisonJson.Write(result) })
            foreach (var row in result.Rows) Assert.Contains(row.Name, text, StringComparison.Ordinal);
        Assert.Contains("critical distance", ComparisonHtml.Render(result), StringComparison.Ordinal);
    }

    private static ComparisonResult Result(double[] alone, double[] plain, double[] control, double[] method) =>
        new("toy", new PlainSettings(4, 0.1), true, [.. alone.Select(_ => 0.97)],
        [
            Row("no teacher", Role.Alone, alone), Row("plain distillation", Role.Plain, plain),
            Row("permuted-knowledge", Role.Control, control), Row("decoupled-knowledge", Role.Method, method),
        ]);

    private static ComparisonRow Row(string name, Role role, double[] accuracies) =>
        new(new Contender(name, role, [ObjectiveRecipe.HardLabel(0)]),
            [.. accuracies.Select(accuracy => new SeedOutcome(accuracy, accuracy, 0.5, 0.9, 0.85, 10, 5, 0.6))]);
}
