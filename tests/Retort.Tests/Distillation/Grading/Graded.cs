using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Grading;
using Retort.Grading.Judges;

namespace Retort.Tests.Distillation.Grading;

/// <summary>Items and judges for tests.</summary>
internal static class Graded
{
    public static GradedItem Item(string output, string item = "{}") =>
        GradedItemReader.Of(new JsonlLine("i.jsonl", 1, JsonSerializer.SerializeToElement(new
    {
        id = "1", item = JsonSerializer.Deserialize<JsonElement>(item), sample = new { output_text = output },
    })));

    public static Grade By(string grader, GradedItem item, IJudgeModel? judge = null)
    {
        var made = GraderReader.Parse("g.json", grader, judge);
        made.Prepare([item]);
        return made.GradeAsync(item, CancellationToken.None).GetAwaiter().GetResult();
    }
}

/// <summary>Answers as it is told, and remembers what it was asked.</summary>
internal sealed class ScriptedJudge(params string?[] replies) : IJudgeModel
{
    public List<string> Asked { get; } = [];

    public string Name => "script";

    public Task<string?> AskAsync(IReadOnlyList<(string Role, string Text)> messages, JudgeForm form, CancellationToken cancellation)
    {
        Asked.Add(string.Join(" | ", messages.Select(message => $"{message.Role}: {message.Text}")));
        return Task.FromResult(replies[Math.Min(Asked.Count, replies.Length) - 1]);
    }
}
