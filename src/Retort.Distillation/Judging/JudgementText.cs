using System.Globalization;
using Retort.Evaluation;

namespace Retort.Judging;

/// <summary>What was seen, how sure it is, what follows.</summary>
internal static class JudgementText
{
    /// <param name="judgement">Of the two.</param>
    /// <param name="a">A's figure.</param>
    /// <param name="b">B's figure.</param>
    /// <param name="margin">The loss that still counts as none.</param>
    /// <param name="more">A last sentence, or null.</param>
    public static string Of(ScoreJudgement judgement, double a, double b, double margin, string? more = null)
    {
        var on = judgement.Examples is { } examples ? Text($" on n = {examples} examples") : "";
        string facts = Text($"B has {b * 100:0.0#} %, A {a * 100:0.0#} %{on}: a difference of {Points(judgement.Difference)} points ")
            + Text($"(95 % interval {Points(judgement.Interval.Low)} to {Points(judgement.Interval.High)}).");
        return string.Join(" ", new[] { facts, Meaning(judgement, margin), more }.Where(sentence => sentence is not null));
    }

    private static string Meaning(ScoreJudgement judgement, double margin) => judgement.Outcome switch
    {
        Verdict.Better => "B is better.",
        Verdict.Worse => "B is worse.",
        Verdict.NotWorse => Text($"B is not worse than A by the margin of {margin * 100:0.##} points; a gain is not shown."),
        _ when judgement.Interval.Low > -margin || judgement.Interval.High < 0 =>
            "Not enough data: there are too few pairs, too few that differ, or too many without a grade, for the interval to decide."
            + Needed(judgement),
        _ => Text($"Not enough data: neither a gain nor a loss is shown, and a loss of more than the margin of {margin * 100:0.##} points is not ruled out.")
            + Needed(judgement),
    };

    private static string Needed(ScoreJudgement judgement) => judgement.Needed is not { } needed ? ""
        : Text($" If the difference stays as it is, about {needed:N0} examples would decide it (80 % power); there are {judgement.Examples:N0}.");

    private static string Points(double difference) => Text($"{difference * 100:+0.0#;-0.0#;0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
