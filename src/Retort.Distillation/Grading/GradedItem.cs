using System.Text.Json;

namespace Retort.Grading;

/// <summary>What is graded: a task and what a model made of it.</summary>
/// <param name="Place">file:line, for errors.</param>
/// <param name="Id">By which scores are paired.</param>
/// <param name="Item">The task's keys, {{item.…}}.</param>
/// <param name="Sample">
/// The model's answer, {{sample.…}}: an object with output_text, and choices or output_tools where there are any.
/// </param>
public sealed record GradedItem(string Place, string Id, JsonElement Item, JsonElement Sample)
{
    /// <summary>The answer as text; null = the line has none.</summary>
    public string? OutputText => Sample.ValueKind == JsonValueKind.Object && Sample.TryGetProperty("output_text", out var text)
        && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
