namespace Retort.Evaluation.Report;

/// <summary>The verdict in large letters, the interval as a picture, and the numbers that decide.</summary>
internal static class Headline
{
    public static Markup Render(EvaluationResult result)
    {
        var verdict = result.Verdict;
        var (tone, words) = verdict.Outcome switch
        {
            Verdict.Better => ("good", "Better than without the teacher"),
            Verdict.Worse => ("bad", "Worse than without the teacher"),
            Verdict.NotWorse => ("open", "Not worse than the margin"),
            _ => ("open", "Not enough data to tell"),
        };
        return Markup.Of($"""
            <p class="outcome {tone}">{words}</p>
            <p>{verdict.Text}</p>
            <div class="numbers">{Markup.Join(Numbers(result))}</div>
            <div class="card"><h3>Gain over the baseline, points of accuracy, with its 95 % interval</h3>{GainPlot(verdict)}</div>
            """);
    }

    private static IEnumerable<Markup> Numbers(EvaluationResult result)
    {
        var verdict = result.Verdict;
        Markup Number(string value, string meaning) => Markup.Of($"<div><b>{value}</b><span>{meaning}</span></div>");
        if (verdict.Kept is { } kept)
            yield return Number(Figures.Percent(kept), "of the teacher's accuracy kept");
        yield return Number(Figures.Points(verdict.Gain), "points gained over the same student without the teacher");
        if (result.Student.Fidelity is { } fidelity)
            yield return Number(Figures.Percent(fidelity.Agreement), "same answer as the teacher");
        if (result.Student.Facts.Bytes > 0 && result.Teacher.Facts.Bytes > 0)
        {
            var ratio = (double)result.Teacher.Facts.Bytes / result.Student.Facts.Bytes;
            yield return ratio >= 1
                ? Number(Figures.Short(Math.Round(ratio, 1)) + "×", $"smaller: {Figures.Bytes(result.Student.Facts.Bytes)}")
                : Number(Figures.Short(Math.Round(1 / ratio, 1)) + "×", $"larger: {Figures.Bytes(result.Student.Facts.Bytes)}");
        }

        if (result.Student.Facts.Latency is { } latency)
            yield return Number(Figures.Milliseconds(latency.P50), "median latency, one example");
        yield return Number(Figures.Count(result.Examples), "test examples");
    }

    private static Markup GainPlot(Verdict verdict)
    {
        const int width = 720;
        var interval = verdict.GainInterval;
        var reach = 1.15 * new[] { Math.Abs(interval.Low), Math.Abs(interval.High), verdict.Margin * 1.5, 0.001 }.Max();
        double X(double value) => width / 2.0 + value / reach * (width / 2.0 - 10);
        return Markup.Of($"""
            <svg viewBox="0 0 {width} 74" role="img" aria-label="gain {Figures.Points(verdict.Gain)} points">
            <line class="axis" x1="0" x2="{width}" y1="34" y2="34"/>
            <line class="mark" x1="{X(0):0.#}" x2="{X(0):0.#}" y1="8" y2="52"/><text x="{X(0):0.#}" y="68" text-anchor="middle">no gain</text>
            <line class="mark" x1="{X(-verdict.Margin):0.#}" x2="{X(-verdict.Margin):0.#}" y1="20" y2="48"/>
            <rect x="{X(interval.Low):0.#}" y="30" width="{Math.Max(2, X(interval.High) - X(interval.Low)):0.#}" height="8" rx="4" fill="var(--student)" opacity=".4"/>
            <circle cx="{X(verdict.Gain):0.#}" cy="34" r="7" fill="var(--student)"/>
            <text class="strong" x="{X(verdict.Gain):0.#}" y="18" text-anchor="middle" dx="{(Math.Abs(X(verdict.Gain) - X(0)) < 30 ? 32 : 0)}">{Figures.Points(verdict.Gain)}</text>
            <text x="{X(-verdict.Margin) - 6:0.#}" y="50" text-anchor="end">margin {Figures.Points(-verdict.Margin)}</text>
            </svg>
            """);
    }
}
