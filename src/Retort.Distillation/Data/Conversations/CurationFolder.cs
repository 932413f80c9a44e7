using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Data.Conversations.Redaction;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Data.Conversations;

/// <summary>
/// The folder that curation leaves behind: train, validation and test.jsonl, set-aside.jsonl and, written last, manifest.json. The same
/// input and options give the same bytes. A folder without a manifest was not finished, and is written anew.
/// </summary>
internal static class CurationFolder
{
    public const string Manifest = "manifest.json", Aside = "set-aside.jsonl";
    private const int MostExcerpt = 2000;

    private static JsonWriterOptions Line => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="RetortException">It holds something that is not curation's, or a finished one.</exception>
    public static void Check(string folder)
    {
        if (!Directory.Exists(folder)) return;
        string[] own = [.. CurationResult.Names.Select(name => name + ".jsonl"), Aside];
        AtomicFile.DeleteLeftovers(folder);
        if (Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(path => !own.Contains(Path.GetFileName(path))) is { } other)
            throw new RetortException(folder, $"the folder holds {Path.GetFileName(other)}.", "a folder that is new or empty.", "name another one with --out.");
    }

    public static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public static void WriteAside(string folder, IEnumerable<SetAside> aside, bool redacts)
    {
        Directory.CreateDirectory(folder);
        WriteLines(Path.Combine(folder, Aside), aside, (json, one) =>
        {
            json.WriteString("file", Path.GetFileName(one.File));
            json.WriteNumber("line", one.Line);
            if (one.Column is { } column) json.WriteNumber("column", column);
            json.WriteString("reason", one.Reason);
            json.WriteString("what", redacts ? Redactor.RedactAlone(one.What) : one.What);
            if (one.Text is not null) json.WriteString("text", Excerpt(one.Text, redacts));
        });
    }

    public static void Write(string folder, CurationResult result, CurationOptions options)
    {
        Directory.CreateDirectory(folder);
        var hashes = CurationResult.Names.Zip(result.Parts, (name, part) =>
            WriteLines(Path.Combine(folder, name + ".jsonl"), part, ConversationJson.Write)).ToArray();
        WriteAside(folder, result.Aside, options.Redacts);
        AtomicFile.Write(Path.Combine(folder, Manifest), stream =>
        {
            using var json = new Utf8JsonWriter(stream, Line with { Indented = true, NewLine = "\n" });
            CurationManifest.Write(json, result, options, hashes);
        });
    }

    /// <summary>
    /// The first part, in which escapes are taken back before it is redacted: a letter of one beside a key would hide it.
    /// </summary>
    private static string Excerpt(string text, bool redacts)
    {
        var shown = redacts ? Redactor.RedactAlone(LooseText.Of(text)) : text;
        return shown.Length > MostExcerpt ? shown[..MostExcerpt] + "…" : shown;
    }

    private static string WriteLines<T>(string path, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            using var line = new MemoryStream();
            foreach (var row in rows)
            {
                line.SetLength(0);
                using (var json = new Utf8JsonWriter(line, Line))
                {
                    json.WriteStartObject();
                    write(json, row);
                    json.WriteEndObject();
                }
                line.WriteByte((byte)'\n');
                var bytes = line.GetBuffer().AsSpan(0, (int)line.Length);
                hash.AppendData(bytes);
                stream.Write(bytes);
            }
        });
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
