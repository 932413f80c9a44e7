using System.Globalization;

namespace Retort.Tracks.Comparison;

/// <summary>Outcomes as rows of a Markdown table, for the terminal and for the ledger.</summary>
internal static class ComparisonTable
{
    private const string Heading = "| work | ours ms | theirs ms | setting | ratio | spread | ratio of minima "
        + "| clean ours, theirs | loss ours, theirs |\n|---|---|---|---|---|---|---|---|---|";

    public static IEnumerable<string> Lines(IReadOnlyList<Outcome> outcomes)
    {
        if (outcomes.Count == 0) yield break;
        yield return Heading;
        foreach (var outcome in outcomes) yield return Row(outcome);
        var products = outcomes.Where(outcome => outcome.Work.Name.StartsWith("sgemm-", StringComparison.Ordinal))
            .Where(outcome => !outcome.Disagreeing.Any()).ToList();
        if (products.Count > 1)
            yield return Text($"| geometric mean of {products.Count} products | | | | {Outcome.GeometricMean(products):0.00} | | | | |");
    }

    private static string Row(Outcome outcome)
    {
        var (ours, theirs) = (outcome.Ours, outcome.Theirs);
        var (low, high) = outcome.Spread;
        var ratios = outcome.Disagreeing.Any()
            ? "losses differ | – | –"
            : Text($"{outcome.Ratio:0.00} | {low:0.00}–{high:0.00} | {outcome.MinimumRatio:0.00}");
        return Text($"| {outcome.Work.Name} | {Time(ours)} | {Time(theirs)} | {theirs.Side} | {ratios} ")
            + Text($"| {ours.CleanCount}, {theirs.CleanCount} of {ours.Bursts.Count} | {outcome.OurLoss:G7}, {outcome.TheirLoss:G7} |");
    }

    private static string Time(SideBursts side) => Text($"{side.Median:G4}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
