using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Labels;

/// <summary>An answer that a teacher wrote.</summary>
/// <param name="Row">Of the training part.</param>
/// <param name="Number">Of the answers to this prompt, from 0.</param>
/// <param name="Prompt">What was asked, for people.</param>
/// <param name="Text">What was answered, for people.</param>
/// <param name="Tokens">What was answered, with the token that ended it.</param>
/// <param name="Ended">It came to an end; else the context was full.</param>
/// <param name="Right">Null where the data cannot tell.</param>
public sealed record WrittenAnswer(int Row, int Number, string Prompt, string Text, IReadOnlyList<int> Tokens, bool Ended, bool? Right);

/// <summary>
/// answers.jsonl of a label store: one answer a line, appended as it is written, so that a killed stage goes on where it stopped. A last
/// line {"whole": count} says that all of them are there.
/// </summary>
public static class AnswerFile
{
    private const string Name = "answers.jsonl";

    public static bool IsWhole(string folder) => File.Exists(At(folder)) && Read(folder).Whole;

    /// <summary>What is there; a line that a kill cut short is not.</summary>
    public static (IReadOnlyList<WrittenAnswer> Answers, bool Whole) Read(string folder)
    {
        if (!File.Exists(At(folder))) return ([], false);
        var (answers, whole) = (new List<WrittenAnswer>(), false);
        foreach (var line in JsonlReader.Read(At(folder), new JsonlOptions(ForgiveCutLastLine: true)))
            if (Whole(line) is { } count) whole = count == answers.Count;
            else answers.Add(Answer(line));
        return (answers, whole);
    }

    /// <summary>Appends answers; those that are there already are the caller's to leave out.</summary>
    /// <param name="folder">The label store.</param>
    /// <param name="answers">Written in this order.</param>
    public static void Append(string folder, IEnumerable<WrittenAnswer> answers)
    {
        Directory.CreateDirectory(folder);
        using var file = JsonlWriter.Append(At(folder));
        foreach (var answer in answers)
            file.Write(json =>
            {
                json.WriteNumber("row", answer.Row);
                json.WriteNumber("number", answer.Number);
                json.WriteString("prompt", answer.Prompt);
                json.WriteString("answer", answer.Text);
                json.WriteStartArray("tokens");
                foreach (var token in answer.Tokens) json.WriteNumberValue(token);
                json.WriteEndArray();
                json.WriteBoolean("ended", answer.Ended);
                if (answer.Right is { } right) json.WriteBoolean("right", right);
            });
        file.FlushToDisk();
    }

    /// <summary>Begins again: what an earlier stage left unfinished is not gone on with.</summary>
    public static void Clear(string folder)
    {
        if (File.Exists(At(folder))) File.Delete(At(folder));
    }

    /// <summary>Says that nothing is missing.</summary>
    public static void Seal(string folder, int count)
    {
        using var file = JsonlWriter.Append(At(folder));
        file.Write(json => json.WriteNumber("whole", count));
        file.FlushToDisk();
    }

    /// <summary>Bytes on disk; 0 = there is no file.</summary>
    public static long Bytes(string folder) => File.Exists(At(folder)) ? new FileInfo(At(folder)).Length : 0;

    private static string At(string folder) => Path.Combine(folder, Name);

    /// <summary>What the last line counts; null = the line is an answer.</summary>
    private static int? Whole(JsonlLine line) =>
        Read<int?>(line, value => value.TryGetProperty("whole", out var count) ? count.GetInt32() : null);

    private static WrittenAnswer Answer(JsonlLine line) => Read(line, value => new WrittenAnswer(
        value.GetProperty("row").GetInt32(), value.GetProperty("number").GetInt32(), Text(value, "prompt"), Text(value, "answer"),
        [.. value.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32())],
        value.GetProperty("ended").GetBoolean(), value.TryGetProperty("right", out var right) ? right.GetBoolean() : null));

    private static string Text(JsonElement value, string key) =>
        value.GetProperty(key).GetString() ?? throw new InvalidOperationException($"'{key}' is null.");

    private static T Read<T>(JsonlLine line, Func<JsonElement, T> what)
    {
        try
        {
            return what(line.Value);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or System.FormatException)
        {
            throw new Formats.FormatException(line.Location, "this is no answer: " + error.Message,
                "expected row, number, prompt, answer, tokens and ended", "delete the file: it is written again", error);
        }
    }
}
