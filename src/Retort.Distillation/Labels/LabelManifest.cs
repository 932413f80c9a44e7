using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>One shard of a finished set.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Sha256">Of the file, hexadecimal.</param>
/// <param name="Documents">Documents in it, when its rows are tokens; else absent.</param>
public sealed record LabelManifestShard(string File, int Rows, long Bytes, string Sha256,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Documents = null)
{
    /// <summary>Measures a file.</summary>
    internal static LabelManifestShard Of(string path, int rows, int? documents = null) =>
        new(Path.GetFileName(path), rows, new FileInfo(path).Length, LabelManifest.Hash(path), documents);

    /// <summary>Refuses a file that is missing, or is not the one that was listed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hashed">Whether it is read whole to compare its hash.</param>
    internal void Check(string path, bool hashed)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new RetortException(path, "is missing.", $"expected {Bytes} bytes.",
                "run again with --resume: only its rows are labelled again.");
        if (file.Length != Bytes)
            throw new RetortException(path, $"has {file.Length} bytes.", $"expected {Bytes}, by the manifest.",
                "delete this file and run again with --resume.");
        if (hashed && LabelManifest.Hash(path) is var hash && hash != Sha256)
            throw new RetortException(path, $"has SHA-256 {hash}.", $"expected {Sha256}, by the manifest.",
                "delete this file and run again with --resume.");
    }
}

/// <summary>manifest.json: written last, so it says that the set is complete.</summary>
public sealed record LabelManifest(IReadOnlyDictionary<string, string> Description, IReadOnlyList<LabelManifestShard> Shards)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Whether the set was finished and every shard is still there, by name and size.</summary>
    public static bool IsWhole(string folder) =>
        File.Exists(Path.Combine(folder, LabelLayout.ManifestName)) && Read(folder).Shards.All(shard =>
        new FileInfo(Path.Combine(folder, shard.File)) is { Exists: true } file && file.Length == shard.Bytes);

    /// <summary>Makes a set of labels complete.</summary>
    /// <param name="folder">The labels folder.</param>
    /// <param name="description">What its shards are labels of.</param>
    /// <param name="shards">All of them, in order.</param>
    internal static void Write(string folder, ILabelDescription description, IEnumerable<LabelManifestShard> shards) =>
        AtomicFile.WriteText(Path.Combine(folder, LabelLayout.ManifestName), JsonSerializer.Serialize(
            new LabelManifest(new Dictionary<string, string>(description.ToMetadata()), [.. shards]), Json) + "\n");

    internal static void Write(string folder, LabelSetDescription description) => Write(folder, description,
        Enumerable.Range(0, LabelLayout.Units(description.Examples)).Select(unit => LabelManifestShard.Of(
            LabelLayout.Shard(folder, unit, description.Examples), LabelLayout.Rows(unit, description.Examples))));

    internal static LabelManifest Read(string folder)
    {
        var path = Path.Combine(folder, LabelLayout.ManifestName);
        if (!File.Exists(path))
            throw new RetortException(folder, $"has no {LabelLayout.ManifestName}: its labels are not finished.",
                "expected a complete label set.",
                "run again with --resume: only missing rows are labelled.");
        return Parse<LabelManifest>(path) is { Description: not null, Shards: { } shards } manifest
            && shards.All(shard => shard is { File.Length: > 0, Sha256: not null } && shard.File == Path.GetFileName(shard.File)) ? manifest
            : throw new RetortException(path, "is no manifest of labels.", "expected description and shards.", LabelRefusal.Relabel);
    }

    internal static void WriteDescription(string folder, ILabelDescription description) =>
        AtomicFile.WriteText(Path.Combine(folder, LabelLayout.DescriptionName),
            JsonSerializer.Serialize(new Dictionary<string, string>(description.ToMetadata()), Json) + "\n");

    internal static IReadOnlyDictionary<string, string> ReadDescription(string path) => Parse<Dictionary<string, string>>(path) ?? [];

    internal static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static T? Parse<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json);
        }
        catch (JsonException exception)
        {
            throw new RetortException(path, $"is no JSON: {exception.Message}", "", LabelRefusal.Relabel, exception);
        }
    }
}
