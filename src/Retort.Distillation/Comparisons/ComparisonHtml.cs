using Retort.Evaluation;
using Retort.Evaluation.Report;

namespace Retort.Comparisons;

/// <summary>compare.html: the table, the intervals and the ranks on one page that loads nothing.</summary>
public static class ComparisonHtml
{
    public static string Render(ComparisonResult result)
    {
        var title = $"{result.Recipe}: {result.Rows.Count} students, {result.Seeds} seeds";
        return Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title><style>{new Markup(Style.Sheet)}</style></head>
            <body><main><h1>{title}</h1>
            {Markup.Join(result.Advice().Select(sentence => Markup.Of($"<p class=\"outcome\" style=\"font-size:1.4rem\">{sentence}</p>")))}
            <p class="note">Teacher {Figures.Percent(result.TeacherAccuracies.Average())}. All students have the same model, rate, steps, first weights and
            batches; differences are taken seed by seed, intervals are of Student's t at 95 %. T = {result.Plain.Temperature} and hardWeight = {result.Plain.HardWeight}
            {(result.Tuned ? "were chosen on validation with the first seed" : "were given")} and hold for every row that has them.</p>
            <h2>Every row</h2><div class="card"><table><tr><th></th><th class="n">Accuracy</th><th class="n">Over no teacher</th><th class="n">Over plain</th><th>Against plain</th>
            <th>Credit</th><th class="n">Agreement</th><th class="n">With another teacher</th><th class="n">Lost / gained</th><th class="n">Worst class</th></tr>
            {Markup.Join(result.Rows.Select(row => Row(result, row)))}</table></div>
            {Intervals(result)}
            <h2>Ranks</h2><div class="card">{RankPlot.Render([.. result.Rows.Select(row => row.Name)], result.MeanRanks, result.CriticalDistance)}
            <p class="note">Rows that a bar joins are not told apart by {result.Seeds} seeds (Nemenyi at 95 %).</p></div>
            </main></body></html>

            """).Value.ReplaceLineEndings("\n");
    }

    private static Markup Row(ComparisonResult result, ComparisonRow row)
    {
        var word = result.AgainstPlain(row);
        var colour = word switch { "better" => "good", "worse" => "bad", _ => "note" };
        return Markup.Of($"""
            <tr><td>{row.Name}{(row.Contender.Role == Role.Control ? " (control)" : "")}</td><td class="n">{Figures.Percent(row.Accuracy)}</td>
            <td class="n">{Text(row.Against(result.Alone))}</td><td class="n">{Text(row.Against(result.PlainRow))}</td><td class="{colour}">{word}</td>
            <td class="note">{result.Credit(row)}</td><td class="n">{Figures.Percent(row.Agreement)}</td>
            <td class="n">{(row.Elsewhere is { } share ? Figures.Percent(share) : "–")}</td><td class="n">{row.Lost:0.#} / {row.Gained:0.#}</td><td class="n">{Figures.Percent(row.WorstClass)}</td></tr>
            """);
    }

    /// <summary>Points of accuracy over plain distillation.</summary>
    private static Markup Intervals(ComparisonResult result)
    {
        if (result.Seeds < 2) return Markup.Empty;
        var rows = result.Rows.Where(row => !ReferenceEquals(row, result.PlainRow))
            .Select(row => (row.Name, Difference: row.Against(result.PlainRow)))
            .OrderByDescending(row => row.Difference.Mean).ToList();
        var low = Math.Min(0, rows.Min(row => row.Difference.Interval!.Value.Low));
        var high = Math.Max(0, rows.Max(row => row.Difference.Interval!.Value.High));
        double X(double value) => 260 + (value - low) / Math.Max(1e-9, high - low) * 600;
        var lines = rows.Select((row, i) =>
        {
            var y = 20 + 18 * i;
            var interval = row.Difference.Interval!.Value;
            return Markup.Of($"""
                <text class="strong" x="4" y="{y + 4}">{row.Name}</text><line x1="{X(interval.Low):0.#}" x2="{X(interval.High):0.#}" y1="{y}" y2="{y}" stroke="var(--baseline)" stroke-width="2"/>
                <circle cx="{X(row.Difference.Mean):0.#}" cy="{y}" r="4" fill="var(--student)"><title>{Text(row.Difference)}</title></circle>
                """);
        });
        var height = 40 + 18 * rows.Count;
        return Markup.Of($"""
            <h2>Points of accuracy over plain distillation</h2><div class="card"><svg viewBox="0 0 900 {height}" width="900" role="img" aria-label="differences">
            <line class="mark" x1="{X(0):0.#}" x2="{X(0):0.#}" y1="8" y2="{height - 20}"/>{Markup.Join(lines)}
            <text x="{X(low):0.#}" y="{height - 6}">{Figures.Points(low)}</text><text x="{X(high):0.#}" y="{height - 6}" text-anchor="end">{Figures.Points(high)}</text></svg></div>
            """);
    }

    private static string Text((double Mean, Interval? Interval) difference) => difference.Interval is { } interval
        ? $"{Figures.Points(difference.Mean)} [{Figures.Points(interval.Low)}, {Figures.Points(interval.High)}]"
        : Figures.Points(difference.Mean);
}
