using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Data.Traces;

/// <summary>A prompt, the answer that is right, and what a teacher wrote about it.</summary>
/// <param name="Place">file:line.</param>
/// <param name="Prompt">What was asked.</param>
/// <param name="Expected">The right answer.</param>
/// <param name="Written">The teacher's texts, none where it did not answer; of several teachers, each with its name.</param>
public sealed record TraceRow(string Place, string Prompt, string Expected, IReadOnlyList<TeacherText> Written)
{
    private static readonly string[] Prompts = ["prompt", "problem", "question"],
        Truths = ["expected", "expected_answer", "ground_truth"],
        Texts = ["trace", "reasoning_trace", "response", "solution"];

    /// <summary>The file says that it is to be tested on.</summary>
    public bool OfTest { get; init; }

    /// <summary>What else the row says.</summary>
    public RowFields Fields { get; init; }

    /// <summary>The part of the questions that the file says it belongs to; null = no field was asked for.</summary>
    public string? Slice { get; init; }

    /// <summary>Rows of a .jsonl file, plain or .gz, or of an archive of "Distilling step by step".</summary>
    /// <param name="path">The file.</param>
    /// <param name="slice">The field that says to which part of the questions a row belongs; empty = none.</param>
    /// <param name="judge">The teacher whose text is the right answer, and teaches nobody; empty = the row says what is right.</param>
    /// <exception cref="RetortException">A row lacks its prompt, its right answer or its slice.</exception>
    public static IEnumerable<TraceRow> Read(string path, string slice = "", string judge = "")
    {
        if (!path.Contains(".tar", StringComparison.OrdinalIgnoreCase))
            return JsonlReader.Read(path).Select(line => Of(line, judge) with
            {
                Fields = new RowFields(line.Value), Slice = slice.Length == 0 ? null : SliceOf(line, slice),
            });
        return slice.Length == 0 ? StepByStepArchive.Read(path) : throw new RetortException("data.slice",
            $"is '{slice}', and the archive {path} has no such field.", "a .jsonl file whose rows have it.", "remove the key: questions are parted by their length then.");
    }

    private static TraceRow Of(JsonlLine line, string judge)
    {
        if (line.Value.ValueKind != JsonValueKind.Object) throw Wrong(line, "is no JSON object");
        var prompt = Text(line.Value, Prompts) ?? throw Wrong(line, $"has no text under {string.Join(", ", Prompts)}");
        var written = Answers(line);
        if (judge.Length > 0)
            return new TraceRow(line.Location, prompt, written.Find(text => text.Teacher == judge)?.Text
                ?? throw Wrong(line, $"has no text of the teacher '{judge}' (data.expected)"), [.. written.Where(text => text.Teacher != judge)]);
        if (Text(line.Value, Truths) is { } expected) return new TraceRow(line.Location, prompt, expected, written);
        if (Text(line.Value, ["answer"]) is not { } answer) throw Wrong(line, $"has no text under {string.Join(", ", Truths)} or answer");
        return Trace.Of(answer) is { Thought.Length: > 0 } solved // GSM8K: the solution, then #### and the result
            ? new TraceRow(line.Location, prompt, solved.Said, [new TeacherText("", answer)])
            : new TraceRow(line.Location, prompt, answer, written);
    }

    private static string SliceOf(JsonlLine line, string field) => !line.Value.TryGetProperty(field, out var value)
        ? throw Wrong(line, $"has no field '{field}', which data.slice names")
        : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static List<TeacherText> Answers(JsonlLine line)
    {
        if (line.Value.TryGetProperty("teachers", out var several)) return Several(line, several);
        if (Text(line.Value, Texts) is { } one) return [new TeacherText("", one)];
        if (!line.Value.TryGetProperty("answers", out var all)) return [];
        return all.ValueKind == JsonValueKind.Array && all.EnumerateArray().All(answer => answer.ValueKind == JsonValueKind.String)
            ? [.. all.EnumerateArray().Select(answer => new TeacherText("", answer.GetString()!))]
            : throw Wrong(line, "has answers that are no list of texts");
    }

    /// <summary>{"NAME": "text"} or {"NAME": {"thought": "…", "answer": "…"}}; a teacher that said nothing is left out.</summary>
    private static List<TeacherText> Several(JsonlLine line, JsonElement teachers)
    {
        if (teachers.ValueKind != JsonValueKind.Object) throw Wrong(line, "has teachers that are no object of names and texts");
        return [.. teachers.EnumerateObject().Select(one => new TeacherText(one.Name, one.Value.ValueKind == JsonValueKind.String
            ? one.Value.GetString()! : Spoken(one.Value) ?? throw Wrong(line, $"has no answer of teacher '{one.Name}'")))
            .Where(text => text.Text.Trim().Length > 0)];
    }

    private static string? Spoken(JsonElement teacher) => teacher.ValueKind != JsonValueKind.Object ? null
        : Text(teacher, ["answer", .. Texts, "text", "raw"]) is not { } answer ? null
        : Text(teacher, ["thought", "reasoning"]) is { Length: > 0 } thought ? $"<think>{thought}</think>{answer}" : answer;

    private static string? Text(JsonElement row, string[] names) => names.Select(name =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        .FirstOrDefault(text => text is not null);

    private static RetortException Wrong(JsonlLine line, string what) => new(line.Location, what + ".",
        "one JSON object a line: prompt, expected, and answers, a list of texts (or trace, one text; or teachers, names and texts).", "mend or remove the row.");
}
