using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>labels.md §5: draws are unbiased, the most probable renormalised are not.</summary>
public class TokenSamplerTests(ITestOutputHelper output)
{
    private const int Vocabulary = 50, Draws = 12, Rows = 4000;

    private static readonly float[] Logits =
        [.. Enumerable.Range(0, Vocabulary).Select(id => (float)(1.2 * new Seed(4).Normal((ulong)id)))];

    private static readonly double[] Teacher = Softmax(Logits);

    [Fact]
    public void TheMeanOfManyRowsIsTheTeacher()
    {
        var mean = Mean(out _);
        var kept = LabelKeep.Parse("12").Select(Logits);
        var truncated = new double[Vocabulary];
        for (var index = 0; index < kept.Ids.Length; index++)
            truncated[kept.Ids[index]] = Math.Exp(kept.LogProbabilities[index]) / kept.LogProbabilities.Sum(Math.Exp);
        var (drawn, top) = (Distance(mean, Teacher), Distance(truncated, Teacher));
        output.WriteLine($"L1 from the teacher: mean of {Rows} rows of {Draws} draws {drawn:F4}, top {Draws} renormalised {top:F4}");
        // The standard error of a mean frequency is √(p(1 − p)/(N·rows)); four of each, summed.
        Assert.True(drawn < 4 * Teacher.Sum(p => Math.Sqrt(p * (1 - p) / (Draws * (double)Rows))));
        Assert.True(top > 10 * drawn);
    }

    /// <summary>The gradient of cross-entropy by the student's logits is q − p, linear in p.</summary>
    [Fact]
    public void TheMeanGradientIsThatOfTheWholeDistribution()
    {
        var student = Softmax([.. Logits.Select((logit, id) => 0.5f * logit + 0.1f * id)]);
        var mean = Mean(out var gradients, student);
        Assert.Equal(Rows, gradients);
        for (var id = 0; id < Vocabulary; id++)
            Assert.Equal(student[id] - Teacher[id], mean[id], 5 * Math.Sqrt(Teacher[id] / (Draws * (double)Rows)) + 1e-4);
    }

    [Fact]
    public void ARowDependsOnSeedDocumentAndPositionAlone()
    {
        var first = Draw(new TokenSampler(Draws, new Seed(1)), 3, 5);
        var busy = new TokenSampler(Draws, new Seed(1));
        Draw(busy, 9, 9);
        Assert.Equal(first, Draw(busy, 3, 5));
        Assert.NotEqual(first, Draw(busy, 3, 6));
        Assert.NotEqual(first, Draw(busy, 4, 5));
        Assert.NotEqual(first, Draw(new TokenSampler(Draws, new Seed(2)), 3, 5));
    }

    [Fact]
    public void CountsAreThoseOfAllDraws()
    {
        var sampler = new TokenSampler(1000, new Seed(1));
        var (ids, logs) = (new int[Vocabulary], new float[Vocabulary]);
        for (var row = 0; row < 100; row++)
        {
            var kept = sampler.Draw(Logits, 0, row, ids, logs);
            Assert.Equal(1000, logs.Take(kept).Sum(log => (int)Math.Round(Math.Exp(log) * 1000)));
            Assert.Equal(ids.Take(kept).Distinct().Order(), ids.Take(kept));
        }
    }

    [Fact]
    public void WhatHasNoMassIsNotDrawn()
    {
        var logits = new float[Vocabulary];
        Array.Fill(logits, -1000);
        logits[7] = 3;
        Assert.Equal("7:12", Draw(new TokenSampler(Draws, new Seed(1)), 0, 0, logits));
    }

    private static double[] Mean(out int rows, double[]? student = null)
    {
        var sampler = new TokenSampler(Draws, new Seed(1));
        var (mean, ids, logs) = (new double[Vocabulary], new int[Draws], new float[Draws]);
        for (rows = 0; rows < Rows; rows++)
        {
            var kept = sampler.Draw(Logits, rows, rows % 7, ids, logs);
            for (var id = 0; id < Vocabulary; id++) mean[id] += (student?[id] ?? 0) / Rows;
            for (var index = 0; index < kept; index++) mean[ids[index]] += (student is null ? 1 : -1) * Math.Exp(logs[index]) / Rows;
        }
        return mean;
    }

    private static string Draw(TokenSampler sampler, int document, int position, float[]? logits = null)
    {
        var (ids, logs) = (new int[Draws], new float[Draws]);
        var kept = sampler.Draw(logits ?? Logits, document, position, ids, logs);
        return string.Join(' ', Enumerable.Range(0, kept).Select(index => $"{ids[index]}:{Math.Round(Math.Exp(logs[index]) * Draws)}"));
    }

    private static double[] Softmax(float[] logits)
    {
        var total = logits.Sum(logit => Math.Exp(logit));
        return [.. logits.Select(logit => Math.Exp(logit) / total)];
    }

    private static double Distance(double[] left, double[] right) => left.Zip(right, (one, other) => Math.Abs(one - other)).Sum();
}
