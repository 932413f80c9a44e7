using Retort.Evaluation;
using Retort.Evaluation.Language;
using Retort.Evaluation.Metrics;

namespace Retort.Cli.Screens;

/// <summary>Teacher, student and baseline side by side, and the verdict.</summary>
internal static class VerdictScreen
{
    public static void Show(Screen screen, EvaluationOutcome result)
    {
        string[] heads = [$"{result.Examples} test examples", "teacher", "student", "without teacher",
            .. (result as LanguageResult)?.Controls.Select(control => control.Name) ?? []];
        screen.Table(heads, result switch
        {
            RegressionResult numbers => Rows(numbers),
            LanguageResult texts => Rows(texts),
            _ => Rows((EvaluationResult)result),
        });
        screen.Say(result.Judgement.Text);
        if (result is LanguageResult { Arms: { } arms }) ArmsScreen.Show(screen, arms);
    }

    private static string[][] Rows(EvaluationResult result)
    {
        return
        [
            Row("accuracy", model => Percent(model.Accuracy)),
            Row("errors", model => $"{Math.Round((1 - model.Accuracy) * result.Examples):0}"),
            Row("loss (nats)", model => $"{model.Loss:0.0000}"),
            Row("calibration error", model => $"{model.Ece:0.0000}"),
            Row("agrees with the teacher", model => model.Fidelity is { } fidelity ? Percent(fidelity.Agreement) : ""),
            .. Facts(result.Teacher.Facts, result.Student.Facts, result.Baseline.Facts),
        ];

        string[] Row(string name, Func<ModelResult, string> value)
            => [name, value(result.Teacher), value(result.Student), value(result.Baseline)];
    }

    private static string[][] Rows(RegressionResult result)
    {
        return
        [
            Row($"RMSE of {result.Target}", model => $"{model.Rmse:G4}"),
            Row("mean absolute error", model => $"{model.Mae:G4}"),
            Row("R²", model => model.R2 is { } explained ? $"{explained:0.0000}" : ""),
            Row("RMSE from the teacher", model => model.RmseFromTeacher is { } distance ? $"{distance:G4}" : ""),
            .. Facts(result.Teacher.Facts, result.Student.Facts, result.Baseline.Facts),
        ];

        string[] Row(string name, Func<NumberScore, string> value)
            => [name, value(result.Teacher), value(result.Student), value(result.Baseline)];
    }

    private static string[][] Rows(LanguageResult result)
    {
        LanguageScore[] models = [result.Teacher, result.Student, result.Baseline, .. result.Controls];
        return
        [
            .. result.Student.ExactMatch is null
                ? Enumerable.Empty<string[]>()
                : [Row("right answers", model => model.ExactMatch is { } right ? Percent(right) : "")],
            .. result.Preferred is { } pairs ? [Preferred(pairs)] : Array.Empty<string[]>(),
            .. result.Student.Loss is null ? [] : OfTokens(),
            Row("tokens a second", model => model.TokensPerSecond is { } speed ? $"{speed:N0}" : ""),
            .. Facts([.. models.Select(model => model.Facts)]),
        ];

        string[] Preferred(GroupRow pairs) => ["preferred answer likelier", .. ((double?[])[pairs.Teacher, pairs.Student, pairs.Baseline])
            .Select(share => share is { } known ? Percent(known) : ""), .. result.Controls.Select(_ => "")];

        string[][] OfTokens() =>
        [
            Row("loss (nats a token)", model => $"{model.Loss:0.0000}"),
            Row("perplexity", model => $"{model.Perplexity:0.000}"),
            Row("right tokens", model => model.TokenAccuracy is { } share ? Percent(share) : ""),
            Row("calibration error", model => $"{model.Ece:0.0000}"),
            Row("likeliest token as the teacher", model => model.Agreement is { } agreement ? Percent(agreement) : ""),
            Row("KL from the teacher", model => model.KlFromTeacher is { } divergence ? $"{divergence:0.0000}" : ""),
            Row("exposure bias: KL along own answers above the teacher's",
                model => model.Exposure?.ExcessPercent is { } excess ? $"{excess:0.0} %" : ""),
        ];

        string[] Row(string name, Func<LanguageScore, string> value) => [name, .. models.Select(value)];
    }

    private static IEnumerable<string[]> Facts(params ModelFacts?[] models)
    {
        return
        [
            Row("parameters", facts => $"{facts?.Parameters:N0}"),
            Row("bytes", facts => $"{facts?.Bytes:N0}"),
            Row("ms for one example (p50)", facts => facts?.Latency is { } latency ? $"{latency.P50:0.000}" : ""),
            Row("examples a second", facts => facts?.ExamplesPerSecond is { } speed ? $"{speed:N0}" : ""),
            Row("joules for 1000 examples", facts => facts is null ? "" : facts.JoulesPerThousand is { } energy ? $"{energy:0.00}" : "not measured"),
        ];

        string[] Row(string name, Func<ModelFacts?, string> value) => [name, .. models.Select(value)];
    }

    private static string Percent(double share) => $"{100 * share:0.00} %";
}
