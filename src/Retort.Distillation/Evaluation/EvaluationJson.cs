using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Evaluation.Language;
using Retort.Evaluation.Metrics;
using Retort.Judging.Arms;

namespace Retort.Evaluation;

/// <summary>
/// eval.json. Fixed order, LF, shortest round-trip doubles; a metric that was not measured is absent. What depends on the
/// clock or the meter stands only under latencyMs, examplesPerSecond, tokensPerSecond and joulesPerThousand, so the rest can be compared
/// by bytes.
/// </summary>
public static class EvaluationJson
{
    public static string Write(EvaluationOutcome result)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("test");
            json.WriteNumber("examples", result.Examples);
            var (classes, numbers) = (result as EvaluationResult, result as RegressionResult);
            if (classes is not null) WriteModels(json, classes);
            if (numbers is not null) RegressionJson.WriteModels(json, numbers);
            if (result is LanguageResult texts) LanguageJson.WriteModels(json, texts);
            if (result.Disturbed is not null)
                WriteGroups(json, "disturbed", result.Disturbed);
            if (classes?.Teachers is { } teachers)
                WriteDisagreement(json, teachers);
            json.WriteEndObject();
            WriteVerdict(json, result.Judgement);
            if (result is LanguageResult { Arms: { } arms })
            {
                json.WriteStartObject("arms");
                ArmsJson.Write(json, arms);
                json.WriteEndObject();
            }
            WriteNotes(json, result.Notes);
            WriteWarnings(json, result.Warnings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    private static void WriteModels(Utf8JsonWriter json, EvaluationResult result)
    {
        WriteModel(json, "teacher", result.Teacher);
        WriteModel(json, "student", result.Student);
        WriteModel(json, "baseline", result.Baseline);
        WriteGroups(json, "perClass", result.PerClass);
        if (result.PerSlice is not null)
            WriteGroups(json, "perSlice", result.PerSlice);
    }

    private static void WriteModel(Utf8JsonWriter json, string key, ModelResult model)
    {
        json.WriteStartObject(key);
        json.WriteString("name", model.Name);
        json.WriteNumber("accuracy", model.Accuracy);
        json.WriteNumber("loss", model.Loss);
        json.WriteNumber("ece", model.Ece);
        json.WriteNumber("brier", model.Brier);
        Optional(json, "bestTemperature", model.BestTemperature);
        Optional(json, "eceAtBestTemperature", model.EceAtBestTemperature);
        if (model.Fidelity is { } fidelity)
        {
            json.WriteNumber("agreement", fidelity.Agreement);
            json.WriteNumber("klFromTeacher", fidelity.KlFromTeacher);
            Optional(json, "top1Kept", fidelity.Top1Kept);
            Optional(json, "top5Overlap", fidelity.Top5Overlap);
            json.WriteStartObject("flips");
            json.WriteNumber("teacherRightStudentWrong", fidelity.Flips.Lost);
            json.WriteNumber("teacherWrongStudentRight", fidelity.Flips.Gained);
            json.WriteNumber("bothWrongSameClass", fidelity.Flips.Inherited);
            json.WriteEndObject();
        }

        if (model.Sentences is { } sentences)
        {
            json.WriteStartObject("sentences");
            json.WriteNumber("texts", sentences.Texts);
            json.WriteNumber("pairs", sentences.Pairs);
            Optional(json, "spearman", sentences.Spearman);
            json.WriteNumber("recallAt1", sentences.RecallAt1);
            json.WriteEndObject();
        }

        WriteFacts(json, model.Facts);
        json.WriteEndObject();
    }

    internal static void WriteFacts(Utf8JsonWriter json, ModelFacts facts)
    {
        json.WriteNumber("parameters", facts.Parameters);
        json.WriteNumber("bytes", facts.Bytes);
        if (facts.Latency is { } latency)
        {
            json.WriteStartObject("latencyMs");
            json.WriteNumber("p50", latency.P50);
            json.WriteNumber("p90", latency.P90);
            json.WriteNumber("p95", latency.P95);
            json.WriteNumber("p99", latency.P99);
            json.WriteEndObject();
        }

        Optional(json, "examplesPerSecond", facts.ExamplesPerSecond);
        Optional(json, "joulesPerThousand", facts.JoulesPerThousand);
    }

    internal static void WriteGroups(Utf8JsonWriter json, string key, IReadOnlyList<GroupRow> rows)
    {
        json.WriteStartArray(key);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteNumber("examples", row.Examples);
            Optional(json, "teacher", row.Teacher);
            Optional(json, "student", row.Student);
            Optional(json, "baseline", row.Baseline);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDisagreement(Utf8JsonWriter json, Disagreement teachers)
    {
        json.WriteStartObject("teachers");
        WriteNumbers(json, "accuracies", teachers.Accuracies);
        json.WriteStartArray("agreements");
        foreach (var row in teachers.Agreements) WriteNumbers(json, null, row);
        json.WriteEndArray();
        json.WriteNumber("unanimous", teachers.Unanimous);
        Optional(json, "mixtureWhereTheyDiffer", teachers.TeachersElsewhere);
        Optional(json, "studentWhereUnanimous", teachers.StudentUnanimous);
        Optional(json, "studentWhereTheyDiffer", teachers.StudentElsewhere);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string? key, IReadOnlyList<double> numbers)
    {
        if (key is null) json.WriteStartArray();
        else json.WriteStartArray(key);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Judgement verdict)
    {
        json.WriteStartObject("verdict");
        Optional(json, "kept", verdict.Kept);
        WriteInterval(json, "keptCi95", verdict.KeptInterval);
        json.WriteNumber("gainOverBaseline", verdict.Gain);
        WriteInterval(json, "gainCi95", verdict.GainInterval);
        Optional(json, "gapClosed", verdict.GapClosed);
        json.WriteNumber("margin", verdict.Margin);
        Optional(json, "mcnemarMidP", (verdict as Verdict)?.StudentAgainstBaseline.MidP);
        json.WriteString("outcome", verdict.Outcome);
        json.WriteString("text", verdict.Text);
        json.WriteEndObject();
    }

    private static void WriteNotes(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? notes)
    {
        if (notes is null || notes.Count == 0)
            return;
        json.WriteStartObject("notes");
        foreach (var (key, value) in notes.OrderBy(note => note.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
            return;
        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    private static void WriteInterval(Utf8JsonWriter json, string key, Interval? interval)
    {
        if (interval is not { } known)
            return;
        json.WriteStartArray(key);
        json.WriteNumberValue(known.Low);
        json.WriteNumberValue(known.High);
        json.WriteEndArray();
    }

    internal static void Optional(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } known && double.IsFinite(known))
            json.WriteNumber(key, known);
    }
}
