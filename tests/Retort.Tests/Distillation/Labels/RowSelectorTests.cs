using FsCheck;
using FsCheck.Fluent;
using Retort.Labels;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public class RowSelectorTests
{
    private static readonly string[] Rules = ["1", "7", "64", "5%", "p>=0.01", "p>=0.2", "mass>=0.5", "mass>=0.95 max 9", "all"];

    /// <summary>Against sorting everything in double. Values on a grid give ties.</summary>
    [Fact]
    public void WhatIsKeptIsWhatSortingKeeps()
    {
        var cases = Gen.Choose(1, 3000).SelectMany(vocabulary => Gen.Choose(0, 1 << 30).SelectMany(seed =>
            Gen.Elements(Rules).Select(rule => (vocabulary, seed, rule)))).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(cases, given =>
        {
            var logits = Logits(given.vocabulary, (ulong)given.seed, grid: given.seed % 2 == 0);
            var keep = LabelKeep.Parse(given.rule);
            var ids = new int[keep.MaximumCount(logits.Length)];
            var count = new RowSelector(keep).Select(logits, ids, out var normaliser, out var logTail);

            var order = Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).ToArray();
            var exact = logits.Max() + Math.Log(logits.Sum(logit => Math.Exp(logit - (double)logits.Max())));
            Assert.Equal(exact, normaliser, 1e-6);
            Assert.Equal(order[..count].Order(), ids[..count]);
            var tail = order[count..].Sum(id => Math.Exp(logits[id] - exact));
            Assert.Equal(tail, Math.Exp(logTail), 1e-6 * tail);
            var reached = order[..count].Sum(id => Math.Exp(logits[id] - exact));
            var last = Math.Exp(logits[order[count - 1]] - exact);
            if (given.rule == "mass>=0.5") Assert.True(reached >= 0.5 - 1e-6 && (count == 1 || reached - last < 0.5 + 1e-6));
            if (keep.FixedCount(logits.Length) is { } fixedCount) Assert.Equal(fixedCount, count);
        }));
    }

    /// <summary>1 − Σ kept would be 0, or the rounding of 1: the tail is summed by itself.</summary>
    [Fact]
    public void AVerySmallTailIsExact()
    {
        var logits = new float[1000];
        logits[500] = 40;
        new RowSelector(LabelKeep.Parse("1")).Select(logits, new int[1], out _, out var logTail);
        Assert.Equal(Math.Log(999) - 40, logTail, 1e-6);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(4)]
    public void TheNormaliserOfATemperatureMakesTheRowExact(double temperature)
    {
        var logits = Logits(2000, 3, grid: false);
        var selector = new RowSelector(LabelKeep.Parse("3"));
        var ids = new int[3];
        selector.Select(logits, ids, out var normaliser, out _);
        var stored = selector.LogNormaliser(logits, normaliser, temperature);
        var total = logits.Sum(logit => Math.Exp(logit / temperature));
        foreach (var id in ids)
            Assert.Equal(Math.Log(Math.Exp(logits[id] / temperature) / total), (logits[id] - normaliser) / temperature - stored, 1e-5);
    }

    private static float[] Logits(int vocabulary, ulong seed, bool grid)
    {
        var logits = new float[vocabulary];
        for (var id = 0; id < vocabulary; id++)
            logits[id] = grid ? (float)Math.Round(new Seed(seed).Normal((ulong)id)) : (float)(3 * new Seed(seed).Normal((ulong)id));
        return logits;
    }
}
