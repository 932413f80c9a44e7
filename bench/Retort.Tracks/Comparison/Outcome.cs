namespace Retort.Tracks.Comparison;

/// <summary>All bursts of one side on one work, in the order of the rounds.</summary>
internal sealed record SideBursts(string Side, IReadOnlyList<Burst> Bursts)
{
    public int CleanCount => Bursts.Count(burst => burst.Clean);

    /// <summary>Milliseconds, median of the medians: of the clean bursts when there are two, else of all.</summary>
    public double Median => Middle(Usable(Bursts).Select(burst => burst.Answer.Median));

    /// <summary>Milliseconds of the fastest call of all.</summary>
    public double Minimum => Bursts.Min(burst => burst.Answer.Minimum);

    public static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static List<Burst> Usable(IReadOnlyList<Burst> bursts)
    {
        var clean = bursts.Where(burst => burst.Clean).ToList();
        return clean.Count >= 2 ? clean : [.. bursts];
    }
}

/// <summary>What came of one work: our side first in <paramref name="Sides"/>, then the peer's settings.</summary>
internal sealed record Outcome(Work Work, IReadOnlyList<SideBursts> Sides)
{
    public SideBursts Ours => Sides[0];

    /// <summary>The peer's setting with the lowest median: the one that counts.</summary>
    public SideBursts Theirs => Sides.Skip(1).MinBy(side => side.Median)!;

    public double OurLoss => Ours.Bursts[0].Answer.Loss;
    public double TheirLoss => Theirs.Bursts[0].Answer.Loss;

    /// <summary>Our median over theirs: below 1 we are faster. Counts only where the losses agree.</summary>
    public double Ratio => Ours.Median / Theirs.Median;

    public double MinimumRatio => Ours.Minimum / Theirs.Minimum;

    /// <summary>Lowest and highest ratio of one round: of the rounds clean on both sides when there are two, else of all.</summary>
    public (double Low, double High) Spread
    {
        get
        {
            var rounds = Ours.Bursts.Zip(Theirs.Bursts).ToList();
            var clean = rounds.Where(round => round.First.Clean && round.Second.Clean).ToList();
            var ratios = (clean.Count >= 2 ? clean : rounds).Select(round => round.First.Answer.Median / round.Second.Answer.Median)
                .ToList();
            return (ratios.Min(), ratios.Max());
        }
    }

    /// <summary>The peer's settings whose loss is not ours; a ratio to any of them means nothing.</summary>
    public IEnumerable<SideBursts> Disagreeing => Sides.Skip(1).Where(side => !Work.Agree(OurLoss, side.Bursts[0].Answer.Loss));

    /// <summary>√ⁿ of the product of the ratios.</summary>
    public static double GeometricMean(IEnumerable<Outcome> outcomes) => Math.Exp(outcomes.Average(outcome => Math.Log(outcome.Ratio)));
}
