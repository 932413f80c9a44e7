using Retort.Judging.Arms;

namespace Retort.Evaluation.Report;

/// <summary>Teacher, untuned, few-shot, distilled student on the same items: scores, what a request takes, differences, slices.</summary>
internal static class ArmsTable
{
    private const int MostSlices = 20;

    public static Markup Render(ArmsVerdict? verdict) => verdict is null ? Markup.Empty : Markup.Of($"""
        <h2>Is it worth it?</h2><p>{verdict.Text}</p>
        <div class="card"><table><tr><th>On the same {verdict.Items} items</th><th class="n">Score</th><th class="n">95 % interval</th>
        <th class="n">Whole answer, median</th><th class="n">95 % within</th><th class="n">A request</th></tr>{Markup.Join(verdict.Arms.Select(arm => Row(arm, verdict)))}</table></div>
        <div class="card"><table><tr><th>Difference</th><th class="n">Points</th><th class="n">95 % interval</th><th class="n">p</th><th class="n">Holm</th><th></th></tr>{Markup.Join(verdict.Comparisons.Select(Row))}</table></div>
        {Slices(verdict)}
        """);

    private static Markup Row(ArmSummary arm, ArmsVerdict verdict) => Markup.Of($"""
        <tr><td>{Arm.Of(arm.Role)}</td><td class="n">{Cell(arm.Mean, Figures.Percent)}</td><td class="n">{Cell(arm.Interval, Figures.Percent)}</td>
        <td class="n">{Cell(arm.LatencyMs?.Median, Figures.Milliseconds)}</td><td class="n">{Cell(arm.LatencyMs?.P95, Figures.Milliseconds)}</td>
        <td class="n">{Cell(verdict.UsdOf(arm), ArmsText.Dollars)}</td></tr>
        """);

    private static Markup Row(ArmComparison comparison) => Markup.Of($"""
        <tr><td>{Arm.Of(comparison.B)} over {Arm.Of(comparison.A)}</td><td class="n">{Figures.Points(comparison.Judgement.Difference)}</td>
        <td class="n">{Cell(comparison.Judgement.Interval, Figures.Points)}</td><td class="n">{ArmsText.P(comparison.Judgement.P!.Value)}</td><td class="n">{ArmsText.P(comparison.HolmP)}</td>
        <td>{comparison.Finding}</td></tr>
        """);

    private static Markup Slices(ArmsVerdict verdict)
    {
        if (verdict.Slices.Count == 0) return Markup.Empty;
        var rows = verdict.Slices.Take(MostSlices).Select(slice => Markup.Of($"""
            <tr><td>{slice.Name}</td><td class="n">{slice.Items}</td>{Markup.Join(verdict.Arms.Select(arm => Markup.Of($"<td class=\"n\">{Cell(Of(slice, arm.Role), Figures.Percent)}</td>")))}
            <td class="n">{Cell(slice.Difference, Figures.Points)}</td><td class="n">{Cell(slice.Interval, Figures.Points)}</td><td>{slice.Finding}</td></tr>
            """));
        return Markup.Of($"""
            <div class="card"><table><tr><th>Slice</th><th class="n">Items</th>{Markup.Join(verdict.Arms.Select(arm => Markup.Of($"<th class=\"n\">{Arm.Of(arm.Role)}</th>")))}<th class="n">Student over teacher</th>
            <th class="n">95 % interval</th><th></th></tr>{Markup.Join(rows)}</table></div>
            """);
    }

    private static double? Of(ArmSlice slice, ArmRole role) => slice.Means.TryGetValue(role, out var mean) ? mean : null;

    private static string Cell(double? value, Func<double, string> print) => value is { } known ? print(known) : "–";

    private static string Cell(Interval? interval, Func<double, string> print) =>
        interval is { } known ? $"{print(known.Low)} to {print(known.High)}" : "–";
}
