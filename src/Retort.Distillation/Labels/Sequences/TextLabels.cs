using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// Written answers by the key of what was asked, as a JSONL file that is its own journal: its first line is the description, each
/// other one an answer, written in one piece. A kill leaves at most one cut line, which opening removes. For one thread.
/// </summary>
public sealed class TextLabels : IDisposable
{
    public const string FileName = "answers.jsonl";

    private readonly JsonlWriter _writer;
    private readonly Dictionary<ExampleKey, string> _answers;

    private TextLabels(JsonlWriter writer, Dictionary<ExampleKey, string> answers, IReadOnlyList<string> lifted) =>
        (_writer, _answers, Lifted) = (writer, answers, lifted);

    public IReadOnlyDictionary<ExampleKey, string> Answers => _answers;

    /// <summary>Refusals that the recipe lifted, as sentences.</summary>
    public IReadOnlyList<string> Lifted { get; }

    /// <summary>Starts a file of answers, or goes on with the one in the folder.</summary>
    /// <param name="folder">The labels folder; made when missing.</param>
    /// <param name="description">Who answers what, and how.</param>
    /// <param name="accepted">Single refusals that the recipe lifts by name; null where more will be written.</param>
    /// <exception cref="RetortException">The file holds answers of something else, or is damaged.</exception>
    public static TextLabels Open(string folder, TextLabelDescription description, AcceptedLabels? accepted = null)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        var refusal = new LabelRefusal(accepted);
        var answers = new Dictionary<ExampleKey, string>();
        var described = false;
        if (File.Exists(path))
            foreach (var line in JsonlReader.Read(path, new JsonlOptions { ForgiveCutLastLine = true }))
            {
                if (described) Take(line, answers);
                else refusal.Check(line.Location, Described(line), description);
                described = true;
            }
        var writer = JsonlWriter.Append(path);
        if (!described) Describe(writer, description);
        return new TextLabels(writer, answers, refusal.Lifted);
    }

    /// <summary>Stores an answer before anybody is told of it.</summary>
    /// <param name="key">Of what was asked; a key is answered once.</param>
    /// <param name="text">The answer.</param>
    /// <param name="toDisk">Whether it must outlive a power cut: answers that cost money.</param>
    public void Append(ExampleKey key, string text, bool toDisk = false)
    {
        if (!_answers.TryAdd(key, text)) throw new ArgumentException($"Key {key} is answered already.", nameof(key));
        _writer.Write(json =>
        {
            json.WriteString("key", key.ToString());
            json.WriteString("text", text);
        });
        if (toDisk) _writer.FlushToDisk();
    }

    public void Dispose() => _writer.Dispose();

    private static void Describe(JsonlWriter writer, TextLabelDescription description) => writer.Write(json =>
    {
        json.WriteStartObject("description");
        foreach (var (key, value) in description.ToMetadata()) json.WriteString(key, value);
        json.WriteEndObject();
    });

    private static TextLabelDescription Described(JsonlLine line)
    {
        if (line.Value.ValueKind != JsonValueKind.Object || !line.Value.TryGetProperty("description", out var described)
            || described.ValueKind != JsonValueKind.Object)
            throw new RetortException(line.Location, "is no description of answers.", "expected {\"description\": {…}}.",
                LabelRefusal.Relabel);
        return TextLabelDescription.FromMetadata(described.EnumerateObject().ToDictionary(pair => pair.Name,
            pair => pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText()), line.Location);
    }

    private static void Take(JsonlLine line, Dictionary<ExampleKey, string> answers)
    {
        if (line.Value.ValueKind != JsonValueKind.Object || Text("key") is not { } key || Text("text") is not { } text)
            throw new RetortException(line.Location, "is no answer.", "expected {\"key\": \"…\", \"text\": \"…\"}.",
                "remove this line: only its example is asked again.");
        if (!answers.TryAdd(ExampleKey.Parse(key, line.Location), text))
            throw new RetortException(line.Location, $"answers the key {key} again.", "expected one answer a key.",
                "remove one of the two lines.");

        string? Text(string name) => line.Value.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
    }
}
