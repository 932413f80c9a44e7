using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Evaluation;

namespace Retort.Comparisons;

/// <summary>compare.json: every number of the comparison, each seed for itself.</summary>
public static class ComparisonJson
{
    public static string Write(ComparisonResult result)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            Write(json, result);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Into an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, ComparisonResult result)
    {
        json.WriteString("recipe", result.Recipe);
        json.WriteNumber("seeds", result.Seeds);
        json.WriteNumber("temperature", result.Plain.Temperature);
        json.WriteNumber("hardWeight", result.Plain.HardWeight);
        json.WriteBoolean("tuned", result.Tuned);
        json.WriteNumber("criticalDistance", result.CriticalDistance);
        Numbers(json, "teacher", result.TeacherAccuracies);
        json.WriteStartArray("rows");
        var ranks = result.MeanRanks;
        for (var i = 0; i < result.Rows.Count; i++) Row(json, result, result.Rows[i], ranks[i]);
        json.WriteEndArray();
        json.WriteStartArray("advice");
        foreach (var sentence in result.Advice()) json.WriteStringValue(sentence);
        json.WriteEndArray();
    }

    private static void Row(Utf8JsonWriter json, ComparisonResult result, ComparisonRow row, double rank)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Name);
        json.WriteString("role", row.Contender.Role.ToString().ToLowerInvariant());
        json.WriteNumber("accuracy", row.Accuracy);
        Numbers(json, "accuracies", row.Accuracies);
        Difference(json, "gainOverNoTeacher", row.Against(result.Alone));
        Difference(json, "gainOverPlain", row.Against(result.PlainRow));
        json.WriteString("againstPlain", result.AgainstPlain(row));
        json.WriteString("credit", result.Credit(row));
        json.WriteNumber("meanRank", rank);
        json.WriteNumber("agreement", row.Agreement);
        if (row.Elsewhere is { } elsewhere) json.WriteNumber("agreementWithIndependentTeacher", elsewhere);
        json.WriteNumber("teacherRightStudentWrong", row.Lost);
        json.WriteNumber("teacherWrongStudentRight", row.Gained);
        json.WriteNumber("worstClass", row.WorstClass);
        json.WriteEndObject();
    }

    private static void Difference(Utf8JsonWriter json, string name, (double Mean, Interval? Interval) difference)
    {
        json.WriteNumber(name, difference.Mean);
        if (difference.Interval is { } interval) Numbers(json, name + "Ci95", [interval.Low, interval.High]);
    }

    private static void Numbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
