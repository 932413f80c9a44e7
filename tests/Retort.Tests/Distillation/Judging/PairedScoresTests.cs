using Retort.Evaluation;
using Retort.Judging;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Judging;

/// <summary>How often "better" is wrong, and how often it is found where it should be, over 2,000 simulated evaluations each.</summary>
public sealed class PairedScoresTests
{
    private const int Evaluations = 2000, Resamples = 500;

    /// <summary>Two models that are equally good: each gets right alone with the same chance.</summary>
    [Theory]
    [InlineData(30, 0.1)]
    [InlineData(30, 0.5)]
    [InlineData(100, 0.1)]
    [InlineData(100, 0.3)]
    public void BetterIsSeldomSaidOfEquals(int examples, double differing)
    {
        var better = Share(examples, differing / 2, differing / 2, Verdict.Better);
        Assert.InRange(better, 0.0005, 0.05);
    }

    /// <summary>Scores between 0 and 1: differences with a long tail.</summary>
    [Fact]
    public void BetterIsSeldomSaidOfEqualGrades()
    {
        var (random, drawn) = (new Seed(1), 0UL);
        var found = 0;
        for (var i = 0; i < Evaluations; i++)
        {
            double[] a = [.. Enumerable.Range(0, 40).Select(_ => Math.Pow(random.UniformDouble(drawn++), 3))];
            double[] b = [.. a.Select(_ => Math.Pow(random.UniformDouble(drawn++), 3))];
            if (Judge(a, b, (ulong)i).Outcome == Verdict.Better) found++;
        }
        Assert.InRange(found / (double)Evaluations, 0.0005, 0.05);
    }

    /// <summary>With the planned number of examples a true difference is found in four of five evaluations.</summary>
    [Theory]
    [InlineData(0.05, 0.20)]
    [InlineData(0.15, 0.25)]
    public void PlannedExamplesHaveThePowerThatWasPlanned(double onlyA, double onlyB)
    {
        var difference = onlyB - onlyA;
        var deviation = Math.Sqrt(onlyA + onlyB - difference * difference);
        var examples = (int)SampleSize.ToTell(deviation, difference);
        Assert.InRange(Share(examples, onlyA, onlyB, Verdict.Better), 0.77, 0.84);
    }

    [Fact]
    public void FewPairsThatDifferProveNothing()
    {
        double[] a = [.. Enumerable.Repeat(0.5, 60)];
        double[] five = [.. a.Select((score, i) => i < 5 ? 0.9 : score)], six = [.. a.Select((score, i) => i < 6 ? 0.9 : score)];
        Assert.Equal(Verdict.NotEnoughData, Judge(a, five, 1).Outcome);
        Assert.Contains("too few that differ", Judge(a, five, 1).Text, StringComparison.Ordinal);
        Assert.Equal(Verdict.Better, Judge(a, six, 1).Outcome);
    }

    /// <summary>40 of 100 are ungraded: had they gone to A, B would not be better.</summary>
    [Fact]
    public void ManyMissingGradesWithholdTheVerdict()
    {
        var a = Enumerable.Range(0, 100).ToDictionary(i => $"{i}", i => (double?)(i % 3 == 0 ? 1 : 0));
        var b = Enumerable.Range(0, 100).ToDictionary(i => $"{i}", i => (double?)1);
        var all = new PairedScores(a, b, ("A", "B")).Judge(0.01, Resamples, 1);
        Assert.Equal((Verdict.Better, 0), (all.Outcome, all.Ungraded));
        foreach (var i in Enumerable.Range(0, 40)) b[$"{i}"] = null;
        var missing = new PairedScores(a, b, ("A", "B")).Judge(0.01, Resamples, 1);
        Assert.Equal((Verdict.NotEnoughData, 40), (missing.Outcome, missing.Ungraded));
        Assert.Contains("grade them first", missing.Text, StringComparison.Ordinal);
    }

    private static double Share(int examples, double onlyA, double onlyB, string outcome)
    {
        var (random, counter) = (new Seed(7), 0UL);
        var found = 0;
        var (a, b) = (new double[examples], new double[examples]);
        for (var evaluation = 0; evaluation < Evaluations; evaluation++)
        {
            for (var i = 0; i < examples; i++)
            {
                var drawn = random.UniformDouble(counter++);
                var both = random.UniformDouble(counter++) < 0.7 ? 1 : 0;
                (a[i], b[i]) = drawn < onlyA ? (1, 0) : drawn < onlyA + onlyB ? (0, 1) : (both, both);
            }
            if (Judge(a, b, (ulong)evaluation).Outcome == outcome) found++;
        }
        return found / (double)Evaluations;
    }

    private static ScoreJudgement Judge(double[] a, double[] b, ulong seed) =>
        new PairedScores(Named(a), Named(b), ("A", "B")).Judge(0.01, Resamples, seed);

    private static Dictionary<string, double?> Named(double[] scores) =>
        scores.Index().ToDictionary(score => $"{score.Index}", score => (double?)score.Item);
}
