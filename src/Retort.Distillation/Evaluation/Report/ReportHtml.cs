using Retort.Evaluation.Language;

namespace Retort.Evaluation.Report;

/// <summary>
/// report.html: one self-contained page, with inline style and pictures, no script and nothing loaded from elsewhere.
/// Every text that comes from outside is escaped.
/// </summary>
public static class ReportHtml
{
    public static string Render(ReportInput input)
    {
        var result = input.Result;
        var (head, table, answers) = result switch
        {
            RegressionResult numbers => (Headline.Render(numbers), Comparison.Render(numbers), Answers(numbers)),
            LanguageResult texts => (Headline.Render(texts), Comparison.Render(texts), Answers(texts)),
            EvaluationResult classes => (Headline.Render(classes), Comparison.Render(classes), Answers(classes, input)),
            _ => throw new ArgumentOutOfRangeException(nameof(input)),
        };
        return Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{input.Title}</title><style>{new Markup(Style.Sheet)}</style></head>
            <body><main><h1>{input.Title}</h1>
            {head}
            {Warnings(input.Warnings)}
            {table}
            <h2>Objective</h2><div class="card formula">{input.Formula}</div>
            {CurvePlots.Render(input.Curves)}
            {answers}
            {Labels(input.LabelBytes)}
            {Pairs("Notes", result.Notes?.OrderBy(note => note.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, string>>())}
            {Pairs("Provenance", input.Provenance)}
            </main></body></html>

            """).Value.ReplaceLineEndings("\n");
    }

    private static Markup Answers(EvaluationResult result, ReportInput input) => Markup.Of($"""
        <h2>Errors and calibration</h2><div class="grid">{ConfusionPlot.Render(result)}{ReliabilityPlot.Render(result)}</div>
        {GroupBars.Classes(result.PerClass)}
        {GroupBars.Slices(result.PerSlice)}
        {GroupBars.Disturbed(result.Disturbed)}
        {TeacherTable.Render(result.Teachers)}
        {ExampleCards.Render(input.Differing)}
        """);

    private static Markup Answers(LanguageResult result) =>
        Markup.Of($"{ArmsTable.Render(result.Arms)}{GroupBars.Groups(result.Groups)}{Disturbed(result)}{AnswerCards.Render(result.Differing)}");

    private static Markup Disturbed(LanguageResult result) =>
        result.Student.ExactMatch is null ? GroupBars.DisturbedLosses(result.Disturbed) : GroupBars.Disturbed(result.Disturbed);

    private static Markup Answers(RegressionResult result) =>
        Markup.Of($"{ScatterPlot.Render(result)}{GroupBars.DisturbedNumbers(result.Disturbed)}");

    private static Markup Warnings(IReadOnlyList<string> warnings) => warnings.Count == 0 ? Markup.Empty : Markup.Of(
        $"<div class=\"warnings\">{Markup.Join(warnings.Select(warning => Markup.Of($"<p>{warning}</p>")))}</div>");

    private static Markup Labels(IReadOnlyList<LabelBytes> labels)
    {
        if (labels.Count == 0)
            return Markup.Empty;
        var rows = labels.Select(label => Markup.Of(
            $"<tr><td>{label.Kind}</td><td class=\"n\">{Figures.Bytes(label.Bytes)}</td><td>{label.Remark}</td></tr>"));
        return Markup.Of($"""
            <h2>The teacher's labels on disk</h2><div class="card"><table><tr><th>Kind</th><th class="n">Size</th><th></th></tr>{Markup.Join(rows)}</table></div>
            """);
    }

    private static Markup Pairs(string title, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var rows = pairs.Select(pair => Markup.Of($"<tr><td class=\"note\">{pair.Key}</td><td class=\"wide\">{pair.Value}</td></tr>"))
            .ToArray();
        return rows.Length == 0 ? Markup.Empty : Markup.Of($"<h2>{title}</h2><div class=\"card\"><table>{Markup.Join(rows)}</table></div>");
    }
}
