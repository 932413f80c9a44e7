using Retort.Evaluation;
using Retort.Judging.Arms;

namespace Retort.Cli.Screens;

/// <summary>The arms side by side, their slices, and the verdict.</summary>
internal static class ArmsScreen
{
    private const int MostSlices = 20;

    public static void Show(Screen screen, ArmsVerdict verdict)
    {
        screen.Table([$"{verdict.Items} items", "score", "95 % interval", "ungraded", "ms, median", "ms, 95 %", "$ a request"],
            verdict.Arms.Select(arm => new[]
            {
                Arm.Of(arm.Role), Percent(arm.Mean), Interval(arm.Interval, Percent), arm.Ungraded == 0 ? "" : $"{arm.Ungraded}",
                Figure(arm.LatencyMs?.Median), Figure(arm.LatencyMs?.P95),
                verdict.UsdOf(arm) is { } usd ? FormattableString.Invariant($"{usd:0.########}") : "",
            }));
        screen.Table(["difference", "points", "95 % interval", "p", "Holm", ""], verdict.Comparisons.Select(comparison => new[]
        {
            $"{Arm.Of(comparison.B)} over {Arm.Of(comparison.A)}", Points(comparison.Judgement.Difference),
            Interval(comparison.Judgement.Interval, Points), ArmsText.P(comparison.Judgement.P!.Value), ArmsText.P(comparison.HolmP),
            comparison.Finding,
        }));
        if (verdict.Slices.Count > 0)
            screen.Table(["slice", "items", .. verdict.Arms.Select(arm => Arm.Of(arm.Role)), "student over teacher", "95 % interval", ""],
                verdict.Slices.Take(MostSlices).Select(slice => (string[])[slice.Name, $"{slice.Items}",
                    .. verdict.Arms.Select(arm => Percent(slice.Means.TryGetValue(arm.Role, out var mean) ? mean : null)),
                    slice.Difference is { } difference ? Points(difference) : "", Interval(slice.Interval, Points), slice.Finding]));
        if (verdict.Slices.Count > MostSlices) screen.Say($"{verdict.Slices.Count - MostSlices} more slices, less bad ones, are in --json.");
        screen.Say(verdict.Text);
    }

    private static string Percent(double? share) => share is { } known ? Percent(known) : "";

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:0.0} %");

    private static string Points(double difference) => FormattableString.Invariant($"{100 * difference:+0.0#;-0.0#;0.0}");

    private static string Figure(double? value) => value is { } known ? FormattableString.Invariant($"{known:0.##}") : "";

    private static string Interval(Interval? interval, Func<double, string> print) =>
        interval is { } known ? $"{print(known.Low)} to {print(known.High)}" : "";
}
