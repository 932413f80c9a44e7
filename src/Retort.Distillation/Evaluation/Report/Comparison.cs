namespace Retort.Evaluation.Report;

/// <summary>Teacher, student and baseline side by side. A row that no model has is left out; a missing cell is a dash.</summary>
internal static class Comparison
{
    public static Markup Render(EvaluationResult result)
    {
        ModelResult[] models = [result.Teacher, result.Student, result.Baseline];
        return Markup.Of($"""
            <h2>Side by side</h2>
            <div class="card"><table class="side"><thead><tr><th></th><th class="n teacher">Teacher</th><th class="n student">Student</th><th class="n baseline">Baseline</th></tr></thead>
            <tbody><tr><td class="note">model</td><td class="n">{models[0].Name}</td><td class="n">{models[1].Name}</td><td class="n">{models[2].Name}</td></tr>
            {Markup.Join(Rows().Select(row => Row(row.Name, row.Value, row.Print, models)))}</tbody></table></div>
            <p class="note">The baseline is the same student trained without the teacher. Loss is the mean negative log-likelihood in nats; ECE has 15 bins; both at T = 1.</p>
            """);
    }

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
        ("Loss", m => m.Loss, Figures.Decimal),
        ("Calibration error (ECE)", m => m.Ece, Figures.Decimal),
        ("Brier score", m => m.Brier, Figures.Decimal),
        ("Best temperature (validation)", m => m.BestTemperature, Figures.Short),
        ("ECE at that temperature", m => m.EceAtBestTemperature, Figures.Decimal),
        ("Parameters", m => m.Facts.Parameters, Figures.Count),
        ("Size", m => m.Facts.Bytes, Figures.Bytes),
        ("Latency p50", m => m.Facts.Latency?.P50, Figures.Milliseconds),
        ("Latency p95", m => m.Facts.Latency?.P95, Figures.Milliseconds),
        ("Latency p99", m => m.Facts.Latency?.P99, Figures.Milliseconds),
        ("Examples per second", m => m.Facts.ExamplesPerSecond, Figures.Count),
        ("Joules per 1000 examples", m => m.Facts.JoulesPerThousand, Figures.Short),
    ];

    private static Markup Row(string name, Func<ModelResult, double?> value, Func<double, string> print, ModelResult[] models)
    {
        var cells = models.Select(value).ToArray();
        return cells.All(cell => cell is null) ? Markup.Empty : Markup.Of(
            $"<tr><td>{name}</td>{Markup.Join(cells.Select(cell => Markup.Of($"<td class=\"n\">{(cell is { } known ? print(known) : "–")}</td>")))}</tr>\n");
    }
}
