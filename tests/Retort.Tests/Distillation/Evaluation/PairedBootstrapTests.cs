using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void Same_seed_same_draws_and_another_seed_others()
    {
        double[] column = Enumerable.Range(0, 50).Select(i => (double)(i % 3)).ToArray();
        Assert.Equal(Means(1), Means(1));
        Assert.NotEqual(Means(1), Means(2));

        double[] Means(ulong seed) => new PairedBootstrap(20, seed).Means(column).Select(m => m[0]).ToArray();
    }

    [Fact]
    public void Pairing_cancels_what_the_models_share()
    {
        double[] first = Enumerable.Range(0, 100).Select(i => (double)(i % 2)).ToArray();
        var means = new PairedBootstrap(200, 3).Means(first, first);
        Assert.Equal(new Interval(0, 0), PairedBootstrap.Percentile(means.Select(m => m[0] - m[1])));
    }

    /// <summary>95 % intervals of a coin with p = .7 and n = 200 cover p in about 95 of 100 data sets (300 sets: σ ≈ 1.3 %).</summary>
    [Fact]
    public void Coverage_is_near_nominal()
    {
        var coin = new ResampleStream(11);
        var covered = 0;
        for (var set = 0; set < 300; set++)
        {
            var data = new double[200];
            for (var i = 0; i < data.Length; i++)
                data[i] = coin.Below((ulong)(set * 200 + i), 10) < 7 ? 1 : 0;
            var interval = PairedBootstrap.Percentile(new PairedBootstrap(400, (ulong)set).Means(data).Select(m => m[0]));
            if (interval!.Value.Contains(0.7))
                covered++;
        }

        Assert.InRange(covered / 300.0, 0.90, 0.99);
    }

    [Fact]
    public void Quantiles_interpolate()
    {
        var interval = PairedBootstrap.Percentile(Enumerable.Range(0, 41).Select(i => (double)i))!.Value;
        Assert.Equal(1, interval.Low, 12);
        Assert.Equal(39, interval.High, 12);
        Assert.Null(PairedBootstrap.Percentile([double.NaN]));
    }

    [Fact]
    public void Draws_are_uniform()
    {
        var counts = new int[10];
        for (var i = 0UL; i < 100_000; i++)
            counts[new ResampleStream(5).Below(i, 10)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }
}
