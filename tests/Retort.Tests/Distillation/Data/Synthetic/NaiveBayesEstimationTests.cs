using Retort.Data.Synthetic;
using Retort.Data.Tables;
using Retort.Tensors;
using Retort.Tests.Distillation.Ensembles;
using Xunit;

namespace Retort.Tests.Distillation.Data.Synthetic;

public sealed class NaiveBayesEstimationTests
{
    /// <summary>Two far clusters, number 0 with word 0 and number 1 with word 1, as three to one.</summary>
    private readonly MixedRows _training = new([Rows.Number(0), Rows.Word(1, 2)],
        [.. Enumerable.Range(0, 400).SelectMany(i => i % 4 == 0 ? new[] { 0 + i % 3 * 0.01f, 0 } : [1 + i % 3 * 0.01f, 1])]);

    [Fact]
    public void MoreComponentsAreTakenWhereTheyAreThere()
    {
        Assert.True(NaiveBayesEstimation.Fit(_training, [1, 4], new Seed(1)).Components == 4);
        var one = NaiveBayesEstimation.Fit(_training, [1], new Seed(1)).LogLikelihood(_training);
        Assert.True(NaiveBayesEstimation.Fit(_training, [4], new Seed(1)).LogLikelihood(_training) > one + 1);
    }

    [Fact]
    public void DrawnRowsKeepTheClusters()
    {
        var drawn = NaiveBayesEstimation.Fit(_training, [4], new Seed(1)).Draw(_training.Columns, 4000, new Seed(2));
        Assert.Equal(0.75, Enumerable.Range(0, drawn.Count).Count(row => drawn[row][1] == 1) / 4000.0, 0.03);
        Assert.True(Enumerable.Range(0, drawn.Count).Count(row => drawn[row][0] > 0.5f == (drawn[row][1] == 1)) > 3900);
    }

    /// <summary>One component of 0 and 1: mean 0.5, deviation 0.5 (all rows pull the same way): ln N(0.5) = −ln 0.5 − ½ ln 2π.</summary>
    [Fact]
    public void OneComponentIsANormal()
    {
        var mixture = NaiveBayesEstimation.Fit(new MixedRows([Rows.Number(0)], [0, 1]), [1], new Seed(1));
        Assert.Equal(-Math.Log(0.5) - 0.5 * Math.Log(2 * Math.PI), mixture.LogLikelihood(new MixedRows([Rows.Number(0)], [0.5f])), 1e-9);
    }
}
