using Retort.Evaluation.Metrics;

namespace Retort.Evaluation.Report;

/// <summary>The student's confusion matrix as a heat map of row shares; beyond 40 classes, its twenty commonest confusions.</summary>
internal static class ConfusionPlot
{
    private const int MostClasses = 40;

    public static Markup Render(EvaluationResult result)
    {
        var matrix = result.Student.Confusion;
        var names = result.PerClass.Select(row => row.Name).ToArray();
        return Markup.Of($"""
            <div class="card"><h3>Confusion of the student: true class by row, answer by column</h3>
            {(matrix.Classes <= MostClasses ? HeatMap(matrix, names) : Commonest(matrix, names))}</div>
            """);
    }

    private static Markup HeatMap(ConfusionMatrix matrix, string[] names)
    {
        var cell = matrix.Classes <= 12 ? 34 : matrix.Classes <= 20 ? 24 : 16;
        var margin = Math.Clamp(names.Max(name => name.Length) * 7 + 10, 24, 110);
        var size = margin + cell * matrix.Classes;
        var cells = new List<Markup>();
        for (var t = 0; t < matrix.Classes; t++)
        {
            var total = Math.Max(1, matrix.RowTotal(t));
            cells.Add(Markup.Of($"<text x=\"{margin - 6}\" y=\"{margin + cell * (t + 0.5) + 4:0.#}\" text-anchor=\"end\">{Clip(names[t])}</text>"));
            cells.Add(Markup.Of($"<text transform=\"translate({margin + cell * (t + 0.5) + 4:0.#},{margin - 6}) rotate(-90)\">{Clip(names[t])}</text>"));
            for (var p = 0; p < matrix.Classes; p++)
            {
                // The square root lifts rare confusions into sight beside a full diagonal.
                var count = matrix[t, p];
                var depth = Math.Sqrt((double)count / total);
                cells.Add(Markup.Of($"<rect x=\"{margin + cell * p}\" y=\"{margin + cell * t}\" width=\"{cell - 1}\" height=\"{cell - 1}\" rx=\"2\" style=\"fill:rgba(var(--heat),{0.05 + 0.85 * depth:0.###})\"><title>{names[t]} → {names[p]}: {count}</title></rect>"));
                if (count > 0 && cell >= 34)
                    cells.Add(Markup.Of($"<text class=\"strong\" x=\"{margin + cell * (p + 0.5) - 0.5:0.#}\" y=\"{margin + cell * (t + 0.5) + 3.5:0.#}\" text-anchor=\"middle\">{count}</text>"));
            }
        }

        return Markup.Of($"<svg viewBox=\"0 0 {size} {size}\" width=\"{size}\" role=\"img\" aria-label=\"confusion matrix\">{Markup.Join(cells)}</svg>");
    }

    private static Markup Commonest(ConfusionMatrix matrix, string[] names)
    {
        var pairs = Enumerable.Range(0, matrix.Classes)
            .SelectMany(t => Enumerable.Range(0, matrix.Classes).Where(p => p != t).Select(p => (Truth: t, Answer: p, Count: matrix[t, p])))
            .Where(pair => pair.Count > 0).OrderByDescending(pair => pair.Count).Take(20);
        var rows = pairs.Select(pair =>
            Markup.Of($"<tr><td>{names[pair.Truth]}</td><td>{names[pair.Answer]}</td><td class=\"n\">{pair.Count}</td></tr>"));
        return Markup.Of($"<table><tr><th>True class</th><th>Answer</th><th class=\"n\">Examples</th></tr>{Markup.Join(rows)}</table>");
    }

    private static string Clip(string name) => name.Length <= 14 ? name : name[..13] + "…";
}
