namespace Retort.Evaluation.Report;

/// <summary>Predicted against true numbers, one picture a model on the same axes; on the diagonal is right.</summary>
internal static class ScatterPlot
{
    private const int Size = 380, Margin = 48, MostPoints = 500;

    public static Markup Render(RegressionResult result)
    {
        (string Name, NumberScore Model)[] models =
            [("teacher", result.Teacher), ("student", result.Student), ("baseline", result.Baseline)];
        var stride = (result.Examples + MostPoints - 1) / MostPoints;
        int[] shown = [.. Enumerable.Range(0, result.Examples).Where(row => row % stride == 0)];
        var numbers = shown.SelectMany(row => models.Select(entry => (double)entry.Model.Answers[row]).Append(result.Truth[row])).ToArray();
        var (low, high) = (numbers.Min(), numbers.Max());
        if (high <= low) (low, high) = (low - 0.5, high + 0.5);
        var note = shown.Length < result.Examples ? $"Every {stride}th of the {result.Examples} examples is shown. " : "";
        return Markup.Of($"""
            <h2>Predicted {result.Target} (up) against the true one (right)</h2>
            <div class="grid">{Markup.Join(models.Select(entry => Panel(entry.Name, entry.Model, result.Truth, shown, low, high)))}</div>
            <p class="note">{note}On the dashed line an answer is right; the pictures have the same axes.</p>
            """);
    }

    private static Markup Panel(string name, NumberScore model, float[] truth, int[] shown, double low, double high)
    {
        double X(double value) => Margin + (value - low) / (high - low) * (Size - Margin - 10);
        double Y(double value) => Size - Margin - (value - low) / (high - low) * (Size - Margin - 10);
        var ticks = CurvePlots.Ticks(low, high).Select(value => Markup.Of($"""
            <line class="axis" x1="{Margin}" x2="{Size - 10}" y1="{Y(value):0.#}" y2="{Y(value):0.#}"/><text x="{Margin - 6}" y="{Y(value) + 4:0.#}" text-anchor="end">{Figures.Short(value)}</text>
            <text x="{X(value):0.#}" y="{Size - Margin + 16}" text-anchor="middle">{Figures.Short(value)}</text>
            """));
        var dots = shown.Select(row => Markup.Of(
            $"<circle cx=\"{X(truth[row]):0.#}\" cy=\"{Y(model.Answers[row]):0.#}\" r=\"2\" fill=\"var(--{name})\" opacity=\".55\"/>"));
        return Markup.Of($"""
            <div class="card"><h3>{name}, root mean square error {Figures.Significant(model.Rmse)}</h3>
            <svg viewBox="0 0 {Size} {Size}" width="{Size}" role="img" aria-label="predicted against true, {name}">{Markup.Join(ticks)}
            <line class="mark" x1="{X(low):0.#}" y1="{Y(low):0.#}" x2="{X(high):0.#}" y2="{Y(high):0.#}"/>{Markup.Join(dots)}</svg></div>
            """);
    }
}
