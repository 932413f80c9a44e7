using System.Text.Json;

namespace Retort.Evaluation.Language;

/// <summary>The parts of eval.json that language models have in place of classes.</summary>
internal static class LanguageJson
{
    public static void WriteModels(Utf8JsonWriter json, LanguageResult result)
    {
        EvaluationJson.Optional(json, "tokens", result.Tokens);
        WriteModel(json, "teacher", result.Teacher);
        WriteModel(json, "student", result.Student);
        WriteModel(json, "baseline", result.Baseline);
        if (result.Controls.Count > 0)
        {
            json.WriteStartArray("controls");
            foreach (var control in result.Controls) WriteModel(json, null, control);
            json.WriteEndArray();
        }
        if (result.Preferred is { } preferred) EvaluationJson.WriteGroups(json, "pairs", [preferred]);
        if (result.Judged is { } judged) Write(json, judged);
        if (result.Groups is { } groups) EvaluationJson.WriteGroups(json, "perGroup", groups);
    }

    private static void Write(Utf8JsonWriter json, JudgedComparison judged)
    {
        json.WriteStartObject("judged");
        json.WriteString("judge", judged.Judge);
        json.WriteStartArray("students");
        foreach (var student in judged.Students)
        {
            json.WriteStartObject();
            json.WriteString("name", student.Name);
            EvaluationJson.Optional(json, "right", student.Right);
            json.WriteNumber("distinct2", student.Distinct);
            EvaluationJson.Optional(json, "selfBleu", student.SelfBleu);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("winRates");
        foreach (var rate in judged.WinRates)
        {
            json.WriteStartObject();
            json.WriteString("student", rate.Student);
            json.WriteString("against", rate.Against);
            json.WriteNumber("winRate", rate.Share);
            json.WriteStartArray("ci95");
            json.WriteNumberValue(rate.Interval.Low);
            json.WriteNumberValue(rate.Interval.High);
            json.WriteEndArray();
            json.WriteNumber("prompts", rate.Prompts);
            json.WriteNumber("won", rate.Won);
            json.WriteNumber("tied", rate.Tied);
            json.WriteNumber("lost", rate.Lost);
            json.WriteNumber("ungraded", rate.Ungraded);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, string? key, LanguageScore model)
    {
        if (key is null) json.WriteStartObject();
        else json.WriteStartObject(key);
        json.WriteString("name", model.Name);
        EvaluationJson.Optional(json, "exactMatch", model.ExactMatch);
        EvaluationJson.Optional(json, "loss", model.Loss);
        EvaluationJson.Optional(json, "perplexity", model.Perplexity);
        EvaluationJson.Optional(json, "tokenAccuracy", model.TokenAccuracy);
        EvaluationJson.Optional(json, "ece", model.Ece);
        EvaluationJson.Optional(json, "agreement", model.Agreement);
        EvaluationJson.Optional(json, "klFromTeacher", model.KlFromTeacher);
        if (model.Exposure is { } exposure)
        {
            json.WriteStartObject("exposureBias");
            json.WriteNumber("klAlongOwnAnswers", exposure.AlongOwn);
            json.WriteNumber("klAlongTeachersAnswers", exposure.AlongTeacher);
            EvaluationJson.Optional(json, "excessPercent", exposure.ExcessPercent);
            json.WriteEndObject();
        }
        if (model.Facts is { } facts) EvaluationJson.WriteFacts(json, facts);
        EvaluationJson.Optional(json, "tokensPerSecond", model.TokensPerSecond);
        json.WriteEndObject();
    }
}
