using System.Globalization;
using Retort.Evaluation;

namespace Retort.Judging.Arms;

/// <summary>The verdict first, then why, then what it stands on. Nothing in it depends on a clock.</summary>
public static class ArmsText
{
    internal static string Of(ArmsVerdict verdict, string why)
    {
        var head = verdict.Outcome switch
        {
            Verdict.NotEnoughData => $"Not enough data{(verdict.More is { } more ? Said($", about {more:N0} more items") : "")}: {why}.",
            ArmsVerdict.Distil => $"Distil: {why}.",
            _ => $"Do not distil: {why}.",
        };
        var facts = string.Join(" ", verdict.Comparisons.Select(comparison => Fact(comparison, verdict.Margin)));
        return string.Join(" ", ((string?[])[head, Means(verdict), facts, Money(verdict), Slices(verdict)]).OfType<string>());
    }

    private static string Means(ArmsVerdict verdict) => Said($"On {verdict.Items:N0} items: ") + string.Join(", ", verdict.Arms
        .Where(arm => arm.Mean is not null).Select(arm => Said($"{Arm.Of(arm.Role)} {100 * arm.Mean:0.0} %"))) + ".";

    private static string Fact(ArmComparison comparison, double margin)
    {
        var judged = comparison.Judgement;
        var seen = Said($"{Capital(Arm.Of(comparison.B))} over {Arm.Of(comparison.A)} {Points(judged.Difference)} points ")
            + Said($"({Points(judged.Interval.Low)} to {Points(judged.Interval.High)}, n = {judged.Examples:N0}{(judged.Ungraded > 0 ? Said($", {judged.Ungraded} ungraded") : "")}");
        return comparison.A == ArmRole.Teacher
            ? seen + Said($"; margin {100 * margin:0.##}).")
            : seen + $"; {(judged.Signs is null ? "bootstrap" : "McNemar")} p {Is(judged.P!.Value)}, Holm {Is(comparison.HolmP)}).";
    }

    private static string? Money(ArmsVerdict verdict)
    {
        if (verdict.BreakEven is not { } money) return null;
        var own = money.StudentUsd is { } known ? $"the student's {Dollars(known)}" : "the student's is not known and counted as nothing";
        var pays = money switch
        {
            { Requests: { } requests, SpentUsd: { } spent } => Said($": {Dollars(spent)} that were spent are back after {requests:N0} requests."),
            { SavingUsd: > 0 } => "; what was spent is not said, so neither is when it pays.",
            _ => ".",
        };
        return $"A request of the teacher costs {Dollars(money.TeacherUsd)}, {own}{pays}";
    }

    private static string? Slices(ArmsVerdict verdict)
    {
        var worse = verdict.Slices.Where(slice => slice.Finding == ArmSlice.Worse).Select(slice => Said($"{slice.Name} ({Points(slice.Difference!.Value)} points)")).ToList();
        return worse.Count == 0 ? null : $"The student is clearly worse than its teacher on: {string.Join(", ", worse)}.";
    }

    /// <summary>"$0.0042": finer where a cent is much.</summary>
    public static string Dollars(double usd) => usd.ToString(Math.Abs(usd) is >= 1 or 0 ? "$0.00" : Math.Abs(usd) >= 0.0001 ? "$0.00####" : "$0.#########",
        CultureInfo.InvariantCulture);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>"0.0156", "&lt; 0.0001".</summary>
    public static string P(double p) => p < 0.0001 ? "< 0.0001" : Said($"{p:0.####}");

    private static string Is(double p) => p < 0.0001 ? P(p) : $"= {P(p)}";

    private static string Points(double difference) => Said($"{difference * 100:+0.0#;-0.0#;0.0}");

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
