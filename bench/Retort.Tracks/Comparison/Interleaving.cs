namespace Retort.Tracks.Comparison;

/// <summary>Asks all sides in turn, A B C A B C …, until each has enough clean bursts or too many rounds went by.</summary>
/// <param name="sides">Ours, then the peer's settings.</param>
/// <param name="bursts">Clean bursts wanted of each side.</param>
/// <param name="seconds">Of a burst.</param>
internal sealed class Interleaving(IReadOnlyList<ISide> sides, int bursts, double seconds)
{
    private const int MostRoundsPerBurst = 3;

    /// <returns>All bursts; those of the first round alone when the losses differ.</returns>
    /// <exception cref="SideException">A side cannot do this work.</exception>
    public Outcome Run(Work work)
    {
        var asked = sides.Select(_ => new List<Burst>()).ToList();
        var outcome = new Outcome(work, [.. sides.Zip(asked, (side, list) => new SideBursts(side.Name, list))]);
        for (var round = 0; round < bursts * MostRoundsPerBurst; round++)
        {
            for (var i = 0; i < sides.Count; i++) asked[i].Add(sides[i].Ask(work.Name, seconds));
            if (outcome.Disagreeing.Any() || outcome.Sides.All(side => side.CleanCount >= bursts)) break;
        }
        return outcome;
    }
}
