using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Retort.Tensors;

namespace Retort.Data.Traces;

/// <summary>
/// An archive of "Distilling step by step" (Hsieh et al. 2023, arXiv 2305.02301): NAME_train.json and NAME_test.json with one question a
/// line, and beside them llm/train_CoT_0.json and so on, lists of what PaLM wrote, in the order of the questions. Its texts run on behind
/// the answer, into questions of its own: they are cut there.
/// </summary>
internal static class StepByStepArchive
{
    private const long MostBytes = 1 << 28;

    private static readonly string[] Relations = ["entailment", "neutral", "contradiction"];

    /// <exception cref="RetortException">It is damaged, or the lists do not fit the questions.</exception>
    public static IReadOnlyList<TraceRow> Read(string path)
    {
        var files = Files(path);
        var rows = new List<TraceRow>();
        foreach (var part in (string[])["train", "valid", "test"])
        {
            if (files.FirstOrDefault(file => file.Name.EndsWith($"_{part}.json", StringComparison.Ordinal)) is not { Text: { } questions })
                continue;
            string[] written = [.. files.Where(file => file.Name.Contains($"/llm/{part}_CoT_", StringComparison.Ordinal))
                .OrderBy(file => file.Name.Length).ThenBy(file => file.Name, StringComparer.Ordinal)
                .SelectMany(file => JsonSerializer.Deserialize<string[]>(file.Text)!)];
            string[] lines = [.. questions.Split('\n').Where(line => line.Trim().Length > 0)];
            if (written.Length != lines.Length)
                throw new RetortException(path, $"has {lines.Length} questions in part {part}, and {written.Length} texts of the teacher.",
                    "one text for each question.", "fetch it again.");
            rows.AddRange(lines.Zip(written).Select((pair, i) => Row($"{path}:{part}:{i + 1}", pair.First, pair.Second) with
            {
                OfTest = part == "test",
            }));
        }
        return rows.Count > 0 ? rows : throw new RetortException(path, "has no *_train.json, *_valid.json or *_test.json.",
            "an archive of questions and of what a teacher wrote.", "name another file.");
    }

    private static TraceRow Row(string place, string line, string written)
    {
        using var document = JsonDocument.Parse(line);
        var question = document.RootElement;
        string Of(string name) => question.GetProperty(name).GetString()!;
        if (!question.TryGetProperty("choices", out var choices))
            return new TraceRow(place, $"Premise: {Of("premise")}\nHypothesis: {Of("hypothesis")}",
                Relations[question.GetProperty("label").GetInt32()], [new TeacherText("", Marked(written, "\n\nPremise:"))]);
        string[] offered = [.. choices.EnumerateArray().Select((choice, i) => $"({(char)('a' + i)}) {choice.GetString()}")];
        return new TraceRow(place, $"{Of("question")}\n{string.Join('\n', offered)}",
            offered.First(choice => choice[4..] == Of("answer")), [new TeacherText("", Marked(written, "\n\nQ:"))]);
    }

    /// <summary>The rationale, and the answer as the marked line that <see cref="Trace"/> knows.</summary>
    private static string Marked(string written, string next)
    {
        const string Mark = "So the answer is ";
        var end = written.IndexOf(next, StringComparison.Ordinal);
        var text = (end < 0 ? written : written[..end]).Trim();
        var mark = text.LastIndexOf(Mark, StringComparison.Ordinal);
        return mark <= 0 ? text : $"{text[..mark].Trim()}\nAnswer: {text[(mark + Mark.Length)..].Trim().TrimEnd('.')}";
    }

    private static List<(string Name, string Text)> Files(string path)
    {
        var files = new List<(string, string)>();
        using var file = File.OpenRead(path);
        using var content = new GZipStream(file, CompressionMode.Decompress);
        using var archive = new TarReader(content);
        try
        {
            for (var left = MostBytes; archive.GetNextEntry() is { } entry;)
            {
                if (entry.DataStream is not { } data || !entry.Name.EndsWith(".json", StringComparison.Ordinal)) continue;
                if ((left -= entry.Length) < 0)
                    throw new RetortException(path, $"holds more than {MostBytes} bytes of JSON.", "a smaller archive.", "cut it.");
                var bytes = new byte[entry.Length];
                data.ReadExactly(bytes);
                files.Add(("/" + entry.Name, Encoding.UTF8.GetString(bytes)));
            }
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException)
        {
            throw new RetortException(path, "the archive is damaged.", "a whole tar archive, gzip.", "fetch it again.", cause);
        }
        return files;
    }
}
