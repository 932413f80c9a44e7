using System.Text.Json;
using Retort.Teachers.Chat;

namespace Retort.Grading.Judges;

/// <summary>A judge favours what it would have said itself (Panickssery, Bowman, Feng 2024, arXiv 2404.13076).</summary>
public static class JudgeIndependence
{
    /// <param name="judge">Its model.</param>
    /// <param name="teacher">The model whose answers were learnt; null = nobody said.</param>
    /// <param name="items">Some say which model made their answer: under "model", of the sample or of the line.</param>
    /// <returns>A sentence; null where judge and judged are different models, as far as is known.</returns>
    public static string? Warning(string judge, string? teacher, IReadOnlyList<GradedItem> items)
    {
        if (teacher is not null && ModelName.IsSame(teacher, judge))
            return $"the judge, {judge}, is the teacher: it favours answers like its own. Let another model judge, or show by --calibrate that people agree with it.";
        var own = items.Count(item => (ModelOf(item.Sample) ?? ModelOf(item.Item)) is { } model && ModelName.IsSame(model, judge));
        return own == 0 ? null
            : $"the judge, {judge}, has itself written {own} of the {items.Count} answers: it favours its own. Let another model judge, or show by --calibrate that people agree with it.";
    }

    private static string? ModelOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.String
            ? model.GetString() : null;
}
