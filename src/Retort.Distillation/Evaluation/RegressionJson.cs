using System.Text.Json;

namespace Retort.Evaluation;

/// <summary>The parts of eval.json that numbers have in place of classes; errors are in the units of the target.</summary>
internal static class RegressionJson
{
    public static void WriteModels(Utf8JsonWriter json, RegressionResult result)
    {
        json.WriteString("target", result.Target);
        WriteModel(json, "teacher", result.Teacher);
        WriteModel(json, "student", result.Student);
        WriteModel(json, "baseline", result.Baseline);
    }

    private static void WriteModel(Utf8JsonWriter json, string key, NumberScore model)
    {
        json.WriteStartObject(key);
        json.WriteString("name", model.Name);
        json.WriteNumber("rmse", model.Rmse);
        json.WriteNumber("mae", model.Mae);
        EvaluationJson.Optional(json, "r2", model.R2);
        EvaluationJson.Optional(json, "rmseFromTeacher", model.RmseFromTeacher);
        EvaluationJson.WriteFacts(json, model.Facts);
        json.WriteEndObject();
    }
}
