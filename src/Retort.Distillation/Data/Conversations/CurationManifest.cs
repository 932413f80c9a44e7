using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Retort.Data.Conversations;

/// <summary>
/// What a curated folder says about itself: what was read, what was wanted, how many rows went where and why, and hashes.
/// </summary>
internal static class CurationManifest
{
    private const int MostLeaks = 100;

    /// <param name="json">Written to.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="options">What was wanted.</param>
    /// <param name="hashes">SHA-256 of the parts' files.</param>
    public static void Write(Utf8JsonWriter json, CurationResult result, CurationOptions options, IReadOnlyList<string> hashes)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteString("hash", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(hashes)))));
        json.WriteStartArray("files");
        foreach (var file in result.Files)
        {
            json.WriteStartObject();
            json.WriteString("name", Path.GetFileName(file.Path));
            json.WriteString("sha256", file.Hash);
            json.WriteString("shape", file.Shape);
            json.WriteNumber("rows", file.Rows);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Options(json, options);
        json.WriteNumber("rows", result.Rows);
        Counts(json, "parts", CurationResult.Names.Zip(result.Parts, (name, part) => (name, (long)part.Count)));
        Counts(json, "setAside", Reasons(result.Aside));
        Counts(json, "redacted", result.Redacted.Select(kind => (kind.Key, kind.Value)));
        json.WriteNumber("unanswered", result.Parts.Sum(part => part.Count(conversation => conversation.Answer is null)));
        json.WriteNumber("leaks", result.Leaks.Count);
        json.WriteStartArray("leaked");
        foreach (var leak in result.Leaks.Take(MostLeaks)) json.WriteStringValue($"{Name(leak.Other)} is asked in {Name(leak.Place)}");
        json.WriteEndArray();
        json.WriteStartObject("sha256");
        foreach (var (name, hash) in CurationResult.Names.Zip(hashes)) json.WriteString(name + ".jsonl", hash);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Rows by reason, most first.</summary>
    public static IEnumerable<(string Name, long Count)> Reasons(IEnumerable<SetAside> aside) => aside.GroupBy(one => one.Reason)
        .Select(group => (group.Key, (long)group.Count())).OrderByDescending(one => one.Item2)
            .ThenBy(one => one.Key, StringComparer.Ordinal);

    private static void Options(Utf8JsonWriter json, CurationOptions options)
    {
        json.WriteStartObject("options");
        json.WriteString("filter", options.FilterText);
        json.WriteString("since", options.Since?.ToString("u"));
        json.WriteString("until", options.Until?.ToString("u"));
        json.WriteBoolean("redact", options.Redacts);
        json.WriteStartArray("split");
        foreach (var share in options.Shares) json.WriteNumberValue(share);
        json.WriteEndArray();
        json.WriteNumber("maxBad", options.MostBad);
        json.WriteNumber("maxCharacters", options.MostCharacters);
        if (options.MostTokens is { } most) json.WriteNumber("maxTokens", most);
        json.WriteBoolean("allowLeak", options.AllowsLeak);
        json.WriteStartArray("against");
        foreach (var file in options.Against) json.WriteStringValue(Path.GetFileName(file));
        json.WriteEndArray();
        json.WriteNumber("seed", options.Seed.Value);
        json.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter json, string name, IEnumerable<(string Name, long Count)> counts)
    {
        json.WriteStartObject(name);
        foreach (var (one, count) in counts) json.WriteNumber(one, count);
        json.WriteEndObject();
    }

    private static string Name(string place) => Path.GetFileName(place);
}
