using Retort.Evaluation.Language;

namespace Retort.Evaluation.Report;

/// <summary>Teacher, student and baseline side by side. A row that no model has is left out; a missing cell is a dash.</summary>
internal static class Comparison
{
    public static Markup Render(EvaluationResult result)
    {
        ModelResult[] models = [result.Teacher, result.Student, result.Baseline];
        return Table([.. models.Select(model => model.Name)], [.. Rows().Select(row => Row(row.Name, models.Select(row.Value), row.Print)),
            .. Facts([.. models.Select(model => model.Facts)])],
            "Loss is the mean negative log-likelihood in nats; ECE has 15 bins; both at T = 1.");
    }

    public static Markup Render(RegressionResult result)
    {
        NumberScore[] models = [result.Teacher, result.Student, result.Baseline];
        return Table([.. models.Select(model => model.Name)],
        [
            Row("Root mean square error", models.Select(model => (double?)model.Rmse), Figures.Significant),
            Row("Mean absolute error", models.Select(model => (double?)model.Mae), Figures.Significant),
            Row("R²", models.Select(model => model.R2), Figures.Decimal),
            Row("Root mean square distance from the teacher", models.Select(model => model.RmseFromTeacher), Figures.Significant),
            .. Facts([.. models.Select(model => model.Facts)]),
        ], $"Errors are in the units of {result.Target}; R² is the share of its variance on the test part that a model explains.");
    }

    public static Markup Render(LanguageResult result)
    {
        LanguageScore[] models = [result.Teacher, result.Student, result.Baseline, .. result.Controls];
        return Table([.. models.Select(model => model.Name)],
        [
            Row("Right answers", models.Select(model => model.ExactMatch), Figures.Percent),
            Row("Preferred answer likelier", [result.Preferred?.Teacher, result.Preferred?.Student, result.Preferred?.Baseline,
                .. result.Controls.Select(_ => (double?)null)], Figures.Percent),
            Row("Loss", models.Select(model => model.Loss), Figures.Decimal),
            Row("Perplexity", models.Select(model => model.Perplexity), Figures.Decimal),
            Row("Right tokens", models.Select(model => model.TokenAccuracy), Figures.Percent),
            Row("Calibration error (ECE)", models.Select(model => model.Ece), Figures.Decimal),
            Row("Same likeliest token as the teacher", models.Select(model => model.Agreement), Figures.Percent),
            Row("KL from the teacher", models.Select(model => model.KlFromTeacher), Figures.Decimal),
            Row("Exposure bias: excess of KL along own answers", models.Select(model => model.Exposure?.ExcessPercent / 100), Figures.Percent),
            Row("Tokens per second", models.Select(model => model.TokensPerSecond), Figures.Count),
            .. Facts([.. models.Select(model => model.Facts)]),
        ], "Loss and KL are in nats a token that is to be said; answers take the likeliest token each time; latency is that of one more token.");
    }

    private static Markup Table(string[] names, IEnumerable<Markup> rows, string note) => Markup.Of($"""
        <h2>Side by side</h2>
        <div class="card"><table class="side"><thead><tr><th></th><th class="n teacher">Teacher</th><th class="n student">Student</th><th class="n baseline">Baseline</th>{Markup.Join(names.Skip(3).Select(_ => Markup.Of($"<th class=\"n\">Control</th>")))}</tr></thead>
        <tbody><tr><td class="note">model</td>{Markup.Join(names.Select(name => Markup.Of($"<td class=\"n\">{name}</td>")))}</tr>
        {Markup.Join(rows)}</tbody></table></div>
        <p class="note">The baseline is the same student trained without the teacher. {note}</p>
        """);

    private static IEnumerable<(string Name, Func<ModelResult, double?> Value, Func<double, string> Print)> Rows() =>
    [
        ("Accuracy", m => m.Accuracy, Figures.Percent),
        ("Teacher's accuracy kept", m => m.Fidelity?.Top1Kept, Figures.Percent),
        ("Agreement with the teacher", m => m.Fidelity?.Agreement, Figures.Percent),
        ("KL from the teacher", m => m.Fidelity?.KlFromTeacher, Figures.Decimal),
        ("Overlap of the top five", m => m.Fidelity?.Top5Overlap, Figures.Percent),
        ("Teacher right, model wrong", m => m.Fidelity?.Flips.Lost, Figures.Count),
        ("Teacher wrong, model right", m => m.Fidelity?.Flips.Gained, Figures.Count),
        ("Both wrong, same class", m => m.Fidelity?.Flips.Inherited, Figures.Count),
        ("Pairs of texts in the teacher's order of likeness (Spearman)", m => m.Sentences?.Spearman, Figures.Decimal),
        ("Nearest text as the teacher has it", m => m.Sentences?.RecallAt1, Figures.Percent),
        ("Loss", m => m.Loss, Figures.Decimal),
        ("Calibration error (ECE)", m => m.Ece, Figures.Decimal),
        ("Brier score", m => m.Brier, Figures.Decimal),
        ("Best temperature (validation)", m => m.BestTemperature, Figures.Short),
        ("ECE at that temperature", m => m.EceAtBestTemperature, Figures.Decimal),
    ];

    private static IEnumerable<Markup> Facts(ModelFacts?[] models) =>
    [
        Row("Parameters", models.Select(m => m is { Parameters: > 0 and var count } ? (double?)count : null), Figures.Count),
        Row("Size", models.Select(m => m is { Bytes: > 0 and var bytes } ? (double?)bytes : null), Figures.Bytes),
        Row("Latency p50", models.Select(m => m?.Latency?.P50), Figures.Milliseconds),
        Row("Latency p95", models.Select(m => m?.Latency?.P95), Figures.Milliseconds),
        Row("Latency p99", models.Select(m => m?.Latency?.P99), Figures.Milliseconds),
        Row("Examples per second", models.Select(m => m?.ExamplesPerSecond), Figures.Count),
        Row("Joules per 1000 examples", models.Select(m => m?.JoulesPerThousand), Figures.Short),
    ];

    private static Markup Row(string name, IEnumerable<double?> values, Func<double, string> print)
    {
        var cells = values.ToArray();
        return cells.All(cell => cell is null) ? Markup.Empty : Markup.Of(
            $"<tr><td>{name}</td>{Markup.Join(cells.Select(cell => Markup.Of($"<td class=\"n\">{(cell is { } known ? print(known) : "–")}</td>")))}</tr>\n");
    }
}
