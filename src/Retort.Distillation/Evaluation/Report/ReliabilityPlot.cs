namespace Retort.Evaluation.Report;

/// <summary>
/// Reliability diagram: accuracy against confidence in each non-empty bin, dot area by its examples; on the diagonal is calibrated.
/// </summary>
internal static class ReliabilityPlot
{
    private const int Size = 380, Margin = 40;

    public static Markup Render(EvaluationResult result)
    {
        (string Name, ModelResult Model)[] models =
            [("teacher", result.Teacher), ("baseline", result.Baseline), ("student", result.Student)];
        double X(double share) => Margin + share * (Size - Margin - 10);
        double Y(double share) => Size - Margin - share * (Size - Margin - 10);
        var ticks = new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(v => Markup.Of($"""
            <line class="axis" x1="{Margin}" x2="{Size - 10}" y1="{Y(v):0.#}" y2="{Y(v):0.#}"/><text x="{Margin - 6}" y="{Y(v) + 4:0.#}" text-anchor="end">{v:0.##}</text>
            <text x="{X(v):0.#}" y="{Size - Margin + 16}" text-anchor="middle">{v:0.##}</text>
            """));
        var series = models.Select(entry =>
        {
            var bins = entry.Model.Reliability.Where(bin => bin.Examples > 0).ToArray();
            var line = Markup.Join(bins.Select(bin => Markup.Of($"{X(bin.MeanConfidence):0.#},{Y(bin.Accuracy):0.#} ")));
            var dots = Markup.Join(bins.Select(bin => Markup.Of(
                $"<circle cx=\"{X(bin.MeanConfidence):0.#}\" cy=\"{Y(bin.Accuracy):0.#}\" r=\"{2.5 + 6 * Math.Sqrt((double)bin.Examples / result.Examples):0.#}\" fill=\"var(--{entry.Name})\" opacity=\".85\"><title>{entry.Name}: {bin.Examples} examples, confidence {bin.MeanConfidence:0.000}, accuracy {bin.Accuracy:0.000}</title></circle>")));
            return Markup.Of($"<polyline fill=\"none\" stroke=\"var(--{entry.Name})\" stroke-width=\"1.5\" opacity=\".6\" points=\"{line}\"/>{dots}");
        });
        var key = models.Select(entry => Markup.Of(
            $"<span><i style=\"background:var(--{entry.Name})\"></i>{entry.Name}, ECE {Figures.Decimal(entry.Model.Ece)}</span>"));
        return Markup.Of($"""
            <div class="card"><h3>Reliability: accuracy (up) against confidence (right)</h3><div class="key">{Markup.Join(key)}</div>
            <svg viewBox="0 0 {Size} {Size}" width="{Size}" role="img" aria-label="reliability diagram">{Markup.Join(ticks)}
            <line class="mark" x1="{X(0):0.#}" y1="{Y(0):0.#}" x2="{X(1):0.#}" y2="{Y(1):0.#}"/>{Markup.Join(series)}</svg>
            <p class="note">Below the dashed line: more sure than right. Larger dots hold more examples.</p></div>
            """);
    }
}
