using Retort.Evaluation;

namespace Retort.Cli.Screens;

/// <summary>Teacher, student and baseline side by side, and the verdict.</summary>
internal static class VerdictScreen
{
    public static void Show(Screen screen, EvaluationResult result)
    {
        string[] heads = [$"{result.Examples} test examples", "teacher", "student", "without teacher"];
        screen.Table(heads,
        [
            Row("accuracy", model => Percent(model.Accuracy)),
            Row("errors", model => $"{Math.Round((1 - model.Accuracy) * result.Examples):0}"),
            Row("loss (nats)", model => $"{model.Loss:0.0000}"),
            Row("calibration error", model => $"{model.Ece:0.0000}"),
            Row("agrees with the teacher", model => model.Fidelity is { } fidelity ? Percent(fidelity.Agreement) : ""),
            Row("parameters", model => $"{model.Facts.Parameters:N0}"),
            Row("bytes", model => $"{model.Facts.Bytes:N0}"),
            Row("ms for one example (p50)", model => model.Facts.Latency is { } latency ? $"{latency.P50:0.000}" : ""),
            Row("examples a second", model => model.Facts.ExamplesPerSecond is { } speed ? $"{speed:N0}" : ""),
            Row("joules for 1000 examples", model => model.Facts.JoulesPerThousand is { } energy ? $"{energy:0.00}" : "not measured"),
        ]);
        screen.Say(result.Verdict.Text);

        string[] Row(string name, Func<ModelResult, string> value)
            => [name, value(result.Teacher), value(result.Student), value(result.Baseline)];
    }

    private static string Percent(double share) => $"{100 * share:0.00} %";
}
