using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Retort.Evaluation.Report;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Metrics;

public sealed class DisagreementTests
{
    private static readonly int[] Labels = [0, 1, 0, 1];

    [Fact]
    public void ByHand()
    {
        var found = Disagreement.Of([Says(0, 1, 0, 0), Says(0, 1, 1, 1)], Says(0, 1, 0, 1), Says(0, 1, 0, 0), Labels);
        Assert.Equal([0.75, 0.75], found.Accuracies);
        Assert.Equal(0.5, found.Agreements[0][1]);
        Assert.Equal(0.5, found.Unanimous);
        Assert.Equal((1.0, 1.0, 0.5), (found.TeachersElsewhere, found.StudentUnanimous, found.StudentElsewhere));
        Assert.Contains("All 2 say the same on 50.00 %", TeacherTable.Render(found).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void TeachersThatAlwaysAgreeHaveNoElsewhere()
    {
        var found = Disagreement.Of([Says(0, 1, 0, 1), Says(0, 1, 0, 1)], Says(0, 1, 0, 1), Says(0, 0, 0, 0), Labels);
        Assert.Equal(1, found.Unanimous);
        Assert.Null(found.TeachersElsewhere);
        Assert.Null(found.StudentElsewhere);
        Assert.Equal(0.5, found.StudentUnanimous);
    }

    private static Predictions Says(params int[] classes) =>
        new("t", 2, [.. classes.SelectMany(c => c == 0 ? [1f, 0f] : new[] { 0f, 1f })]);
}
