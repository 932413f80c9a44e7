using Retort.Merging;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Merging;

/// <summary>What holds for every method, and what its options refuse.</summary>
public sealed class MergeOptionsTests
{
    public static TheoryData<string> Methods => [.. MergeOptions.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void AModelMergedWithItselfIsItself(string method)
    {
        float[] model = Numbers(1), start = Numbers(2), merged = new float[model.Length];
        var options = new MergeOptions(method) { Weights = [0.3, 0.7], Density = method == "ties" ? 1 : null };
        options.Create(2).Merge([model, [.. model]], start, merged);
        Assert.Equal(model, merged);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void TheOrderDoesNotCount(string method)
    {
        float[][] models = method == "slerp" ? [Numbers(1), Numbers(2)] : [Numbers(1), Numbers(2), Numbers(3)];
        double[] weights = [.. new[] { 0.3, 0.5, 0.4 }.Take(models.Length)];
        float[] one = new float[models[0].Length], other = new float[models[0].Length];
        new MergeOptions(method) { Weights = weights }.Create(models.Length).Merge(models, Numbers(4), one);
        new MergeOptions(method) { Weights = [.. weights.Reverse()] }.Create(models.Length).Merge([.. models.Reverse()], Numbers(4), other);
        Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.NotEqual(models[0], one);
    }

    [Theory]
    [InlineData("mean", 2, "", "unknown method 'mean'.")]
    [InlineData("linear", 1, "", "1 models for 'linear'.")]
    [InlineData("slerp", 3, "", "3 models for slerp.")]
    [InlineData("linear", 2, "1", "1 weights for 2 models.")]
    [InlineData("linear", 2, "-1 2", "weights of -1, 2.")]
    [InlineData("slerp", 2, "0 0", "weights of 0, 0.")]
    [InlineData("linear", 2, "1e308 1e308", "weights of 1E+308, 1E+308.")]
    [InlineData("ties", 2, "1e308 1e308", "weights of 1E+308, 1E+308.")]
    [InlineData("ties", 2, "0 1", "weights of 0, 1.")]
    [InlineData("ties", 2, "NaN 1", "weights of NaN, 1.")]
    [InlineData("task-arithmetic", 2, "", "task-arithmetic without weights.")]
    public void WhatTheyDoNotTakeIsSaid(string method, int models, string weights, string sentence)
    {
        double[] numbers = [.. weights.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse)];
        Assert.Equal(sentence, Refused(new MergeOptions(method) { Weights = numbers }, models));
    }

    [Fact]
    public void DensityAndScaleBelongToTies()
    {
        Assert.Equal("density or scale with 'linear'.", Refused(new MergeOptions("linear") { Density = 0.5 }, 2));
        Assert.Equal("density is 0.", Refused(new MergeOptions("ties") { Density = 0 }, 2));
        Assert.Equal("density is 1.5.", Refused(new MergeOptions("ties") { Density = 1.5 }, 2));
        Assert.Equal("scale is NaN.", Refused(new MergeOptions("ties") { Scale = double.NaN }, 2));
    }

    private static string Refused(MergeOptions options, int models) => Assert.Throws<RetortException>(() => options.Create(models)).What;

    private static float[] Numbers(ulong seed) => [.. Enumerable.Range(0, 50).Select(i => (float)new Seed(seed).Normal((ulong)i))];
}
