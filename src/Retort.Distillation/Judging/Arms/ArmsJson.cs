using System.Text.Json;
using Retort.Evaluation;

namespace Retort.Judging.Arms;

/// <summary>
/// The properties of a verdict, into the object that is being written. What is not known is absent; times stand under latencyMs.
/// </summary>
public static class ArmsJson
{
    public static void Write(Utf8JsonWriter json, ArmsVerdict verdict)
    {
        json.WriteString("outcome", verdict.Outcome);
        json.WriteString("text", verdict.Text);
        json.WriteNumber("n", verdict.Items);
        json.WriteNumber("margin", verdict.Margin);
        if (verdict.More is { } more) json.WriteNumber("more", more);
        json.WriteStartArray("arms");
        foreach (var arm in verdict.Arms) Summary(json, arm);
        json.WriteEndArray();
        json.WriteStartArray("comparisons");
        foreach (var comparison in verdict.Comparisons) Comparison(json, comparison);
        json.WriteEndArray();
        if (verdict.Slices.Count > 0)
        {
            json.WriteStartArray("slices");
            foreach (var slice in verdict.Slices) Slice(json, slice);
            json.WriteEndArray();
        }
        if (verdict.BreakEven is not { } money) return;
        json.WriteStartObject("breakEven");
        Optional(json, "spentUsd", money.SpentUsd);
        json.WriteNumber("teacherUsd", money.TeacherUsd);
        Optional(json, "studentUsd", money.StudentUsd);
        json.WriteNumber("savingUsd", money.SavingUsd);
        if (money.Requests is { } requests) json.WriteNumber("requests", requests);
        json.WriteEndObject();
    }

    private static void Summary(Utf8JsonWriter json, ArmSummary arm)
    {
        json.WriteStartObject();
        json.WriteString("arm", Arm.Of(arm.Role));
        json.WriteNumber("graded", arm.Graded);
        json.WriteNumber("ungraded", arm.Ungraded);
        Optional(json, "mean", arm.Mean);
        Limits(json, arm.Interval);
        Requests(json, "latencyMs", arm.LatencyMs);
        Requests(json, "costUsd", arm.CostUsd);
        json.WriteEndObject();
    }

    private static void Comparison(Utf8JsonWriter json, ArmComparison comparison)
    {
        var judged = comparison.Judgement;
        json.WriteStartObject();
        json.WriteString("b", Arm.Of(comparison.B));
        json.WriteString("over", Arm.Of(comparison.A));
        json.WriteNumber("difference", judged.Difference);
        Limits(json, judged.Interval);
        json.WriteNumber("n", judged.Examples!.Value);
        json.WriteNumber("ungraded", judged.Ungraded);
        if (judged.Signs is { } signs)
        {
            json.WriteStartObject("mcnemar");
            json.WriteNumber("onlyOver", signs.OnlyFirst);
            json.WriteNumber("onlyB", signs.OnlySecond);
            json.WriteNumber("midP", signs.MidP);
            json.WriteEndObject();
        }
        Optional(json, "p", judged.P);
        json.WriteNumber("holmP", comparison.HolmP);
        json.WriteString("outcome", comparison.Outcome);
        if (comparison.NotWorse is { } holds) json.WriteBoolean("notWorseThanMargin", holds);
        json.WriteEndObject();
    }

    private static void Slice(Utf8JsonWriter json, ArmSlice slice)
    {
        json.WriteStartObject();
        json.WriteString("slice", slice.Name);
        json.WriteNumber("n", slice.Items);
        json.WriteStartObject("means");
        foreach (var (role, mean) in slice.Means.OrderBy(one => one.Key)) json.WriteNumber(Arm.Of(role), mean);
        json.WriteEndObject();
        Optional(json, "difference", slice.Difference);
        Limits(json, slice.Interval);
        json.WriteString("finding", slice.Finding);
        json.WriteEndObject();
    }

    private static void Requests(Utf8JsonWriter json, string key, RequestFigures? figures)
    {
        if (figures is null) return;
        json.WriteStartObject(key);
        json.WriteNumber("requests", figures.Requests);
        json.WriteNumber("mean", figures.Mean);
        json.WriteNumber("p50", figures.Median);
        json.WriteNumber("p95", figures.P95);
        json.WriteEndObject();
    }

    private static void Limits(Utf8JsonWriter json, Interval? interval)
    {
        if (interval is not { } known) return;
        json.WriteStartArray("ci95");
        json.WriteNumberValue(known.Low);
        json.WriteNumberValue(known.High);
        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } known) json.WriteNumber(key, known);
    }
}
