using Retort.Evaluation.Language;

namespace Retort.Evaluation.Report;

/// <summary>The verdict in large letters, the interval as a picture, and the numbers that decide.</summary>
internal static class Headline
{
    public static Markup Render(EvaluationResult result) => Page(result, Numbers(result), "points of accuracy", Figures.Points, 0.001);

    public static Markup Render(RegressionResult result) =>
        Page(result, Numbers(result), $"root mean square error of {result.Target}", Figures.Significant, 1e-9);

    public static Markup Render(LanguageResult result) => result.Verdict is Verdict
        ? Page(result, Numbers(result), "points of right answers", Figures.Points, 0.001)
        : Page(result, Numbers(result), "nats of loss a token", Figures.Significant, 1e-9);

    private static Markup Page(EvaluationOutcome result, IEnumerable<Markup> numbers, string unit, Func<double, string> print, double least)
    {
        var verdict = result.Judgement;
        var plot = new GainPlot(verdict.Gain, verdict.GainInterval, verdict.Margin, print, least);
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
            <div class="numbers">{Markup.Join(numbers)}</div>
            <div class="card"><h3>Gain over the baseline, {unit}, with its 95 % interval</h3>{plot.Render()}</div>
            """);
    }

    private static IEnumerable<Markup> Numbers(EvaluationResult result)
    {
        var verdict = result.Verdict;
        if (verdict.Kept is { } kept)
            yield return Number(Figures.Percent(kept), "of the teacher's accuracy kept");
        yield return Number(Figures.Points(verdict.Gain), "points gained over the same student without the teacher");
        if (result.Student.Fidelity is { } fidelity)
            yield return Number(Figures.Percent(fidelity.Agreement), "same answer as the teacher");
        foreach (var number in Numbers(result.Teacher.Facts, result.Student.Facts, result.Examples)) yield return number;
    }

    private static IEnumerable<Markup> Numbers(RegressionResult result)
    {
        if (result.Verdict.Kept is { } kept)
            yield return Number(Figures.Percent(kept), "of the variance that the teacher explains kept");
        yield return Number(Figures.Significant(result.Student.Rmse), $"root mean square error of {result.Target}");
        yield return Number(Figures.Significant(result.Verdict.Gain), "less than the same student without the teacher");
        foreach (var number in Numbers(result.Teacher.Facts, result.Student.Facts, result.Examples)) yield return number;
    }

    private static IEnumerable<Markup> Numbers(LanguageResult result)
    {
        if (result.Student.ExactMatch is { } right) yield return Number(Figures.Percent(right), "of the answers are right");
        if (result.Verdict is Verdict { Kept: { } kept }) yield return Number(Figures.Percent(kept), "of the teacher's right answers kept");
        if (result.Student.Perplexity is { } perplexity) yield return Number(Figures.Decimal(perplexity), "perplexity");
        if (result.Student.Agreement is { } agreement) yield return Number(Figures.Percent(agreement), "same likeliest token as the teacher");
        foreach (var number in Numbers(result.Teacher.Facts, result.StudentFacts, result.Examples)) yield return number;
    }

    private static IEnumerable<Markup> Numbers(ModelFacts? teacher, ModelFacts student, int examples)
    {
        if (student.Bytes > 0 && teacher is { Bytes: > 0 })
        {
            var ratio = (double)teacher.Bytes / student.Bytes;
            yield return ratio >= 1
                ? Number(Figures.Short(Math.Round(ratio, 1)) + "×", $"smaller: {Figures.Bytes(student.Bytes)}")
                : Number(Figures.Short(Math.Round(1 / ratio, 1)) + "×", $"larger: {Figures.Bytes(student.Bytes)}");
        }

        if (student.Latency is { } latency)
            yield return Number(Figures.Milliseconds(latency.P50), "median latency, one example");
        yield return Number(Figures.Count(examples), "test examples");
    }

    private static Markup Number(string value, string meaning) => Markup.Of($"<div><b>{value}</b><span>{meaning}</span></div>");
}
