using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Data.Conversations;
using Retort.Formats.Files;
using Retort.Runs;
using Retort.Tensors;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>
/// The folder of a job, held for this process: journal.db, and what is written from it when a run ends, however it ends: answers.jsonl
/// (OpenAI's form for fine-tuning, the answer as the last turn), rejected.jsonl and cost.json; and set-aside.jsonl, the
/// lines that no question could be made of.
/// </summary>
public sealed class AskingFolder : IDisposable
{
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Page = Line with { Indented = true };
    private readonly RunLock _lock;

    private AskingFolder(string root, RunLock runLock, AskingJournal journal) => (Root, _lock, Journal) = (root, runLock, journal);

    public string Root { get; }
    public AskingJournal Journal { get; }
    public string Answers => Path.Combine(Root, "answers.jsonl");
    public string Rejected => Path.Combine(Root, "rejected.jsonl");
    public string Cost => Path.Combine(Root, "cost.json");
    public string Aside => Path.Combine(Root, CurationFolder.Aside);

    /// <exception cref="RetortException">Another process works in it, or it cannot be used.</exception>
    public static AskingFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        if (File.Exists(root)) throw new RetortException(root, "is a file.", "a folder, or a name that is free.", "choose another with --out.");
        Directory.CreateDirectory(root);
        var runLock = RunLock.Take(root);
        try
        {
            AtomicFile.DeleteLeftovers(root);
            return new AskingFolder(root, runLock, AskingJournal.Open(Path.Combine(root, "journal.db")));
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
    }

    /// <summary>Writes the three files, each whole or not at all.</summary>
    /// <param name="items">All that is wanted, in the order of the lines.</param>
    /// <param name="result">What came of them.</param>
    /// <param name="teacher">Who was asked.</param>
    /// <param name="price">At what price.</param>
    public void Write(IReadOnlyList<AskingItem> items, AskingResult result, string teacher, Price price)
    {
        AtomicFile.Write(Answers, stream => Lines(stream, items, (json, item, record) =>
        {
            if (record is not { State: ItemState.Accepted, Reply: { } reply }) return false;
            Answer(json, item, reply);
            return true;
        }));
        AtomicFile.Write(Rejected, stream => Lines(stream, items, (json, item, record) =>
        {
            if (record is not { State: ItemState.Rejected or ItemState.Failed }) return false;
            Refusal(json, item, record);
            return true;
        }));
        WriteCost(result, teacher, price);
    }

    /// <summary>Writes the lines that are not asked, without keys and personal data; no file where there are none.</summary>
    public void WriteAside(IReadOnlyList<SetAside> aside)
    {
        if (aside.Count > 0) CurationFolder.WriteAside(Root, aside, redacts: true);
        else File.Delete(Aside);
    }

    /// <summary>Writes cost.json alone.</summary>
    public void WriteCost(AskingResult result, string teacher, Price price) => AtomicFile.Write(Cost, stream =>
    {
        using var json = new Utf8JsonWriter(stream, Page);
        AskingCost.Write(json, result, teacher, price);
    });

    public void Dispose()
    {
        Journal.Dispose();
        _lock.Dispose();
    }

    private void Lines(Stream stream, IReadOnlyList<AskingItem> items, Func<Utf8JsonWriter, AskingItem, ItemRecord, bool> write)
    {
        using var line = new MemoryStream();
        foreach (var item in items)
        {
            if (Journal.Record(item.Key) is not { } record) continue;
            line.SetLength(0);
            bool written;
            using (var json = new Utf8JsonWriter(line, Line))
            {
                json.WriteStartObject();
                json.WriteString("id", item.Prompt.Id);
                json.WriteNumber("sample", item.Request.Sample);
                written = write(json, item, record);
                json.WriteEndObject();
            }
            if (!written) continue;
            line.WriteByte((byte)'\n');
            stream.Write(line.GetBuffer(), 0, (int)line.Length);
        }
    }

    private static void Answer(Utf8JsonWriter json, AskingItem item, ChatReply reply)
    {
        var answer = reply.Answers[0];
        Messages(json, item, answer);
        json.WriteString("finish_reason", ChatReplyWriter.Word(answer.Finish));
        if (reply.Model is { } model) json.WriteString("model", model);
        if (reply.Usage is { } usage) ChatReplyWriter.Usage(json, usage);
        if (item.Request.Parameters.Choices is { } choices && ChoiceProbabilities.Read(answer, choices.Texts) is { } probabilities)
            Choices(json, choices.Texts, probabilities);
        ChatReplyWriter.Tokens(json, answer.Tokens);
    }

    private static void Refusal(Utf8JsonWriter json, AskingItem item, ItemRecord record)
    {
        json.WriteString("state", record.State == ItemState.Rejected ? "rejected" : "failed");
        json.WriteString("reason", record.Reason);
        Messages(json, item, record.Reply?.Answers[0]);
    }

    private static void Messages(Utf8JsonWriter json, AskingItem item, ChatAnswer? answer)
    {
        json.WriteStartArray("messages");
        foreach (var message in item.Prompt.Messages) Message(json, message.Role, message.Content, null);
        if (answer is not null) Message(json, "assistant", answer.Text, answer.Reasoning);
        json.WriteEndArray();
    }

    private static void Message(Utf8JsonWriter json, string role, string content, string? reasoning)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", content);
        if (reasoning is not null) json.WriteString("reasoning_content", reasoning);
        json.WriteEndObject();
    }

    private static void Choices(Utf8JsonWriter json, IReadOnlyList<string> texts, ChoiceProbabilities probabilities)
    {
        json.WriteStartObject("choices");
        foreach (var (text, probability) in texts.Zip(probabilities.Normalised())) json.WriteNumber(text, probability);
        json.WriteEndObject();
        json.WriteNumber("choices_covered", probabilities.Covered);
    }
}
