using System.Security.Cryptography;
using System.Text.Json;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>One shard of a finished set.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Sha256">Of the file, hexadecimal.</param>
public sealed record LabelManifestShard(string File, int Rows, long Bytes, string Sha256);

/// <summary>manifest.json: written last, so it says that the set is complete.</summary>
public sealed record LabelManifest(IReadOnlyDictionary<string, string> Description, IReadOnlyList<LabelManifestShard> Shards)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Whether the set was finished and every shard is still there, by name and size.</summary>
    public static bool IsWhole(string folder) =>
        File.Exists(Path.Combine(folder, LabelLayout.ManifestName)) && Read(folder).Shards.All(shard =>
        new FileInfo(Path.Combine(folder, shard.File)) is { Exists: true } file && file.Length == shard.Bytes);

    internal static void Write(string folder, LabelSetDescription description)
    {
        var shards = Enumerable.Range(0, LabelLayout.Units(description.Examples)).Select(unit =>
        {
            var path = LabelLayout.Shard(folder, unit, description.Examples);
            return new LabelManifestShard(Path.GetFileName(path), LabelLayout.Rows(unit, description.Examples), new FileInfo(path).Length,
                Hash(path));
        }).ToList();
        var manifest = new LabelManifest(new Dictionary<string, string>(description.ToMetadata()), shards);
        AtomicFile.WriteText(Path.Combine(folder, LabelLayout.ManifestName), JsonSerializer.Serialize(manifest, Json) + "\n");
    }

    internal static LabelManifest Read(string folder)
    {
        var path = Path.Combine(folder, LabelLayout.ManifestName);
        if (!File.Exists(path))
            throw new RetortException(folder, $"has no {LabelLayout.ManifestName}: its labels are not finished.",
                "expected a complete label set.",
                "run again with --resume: only missing rows are labelled.");
        return Parse<LabelManifest>(path) is { Description: not null, Shards: not null } manifest ? manifest
            : throw new RetortException(path, "is no manifest of labels.", "expected description and shards.", LabelRefusal.Relabel);
    }

    internal static void WriteDescription(string folder, LabelSetDescription description) =>
        AtomicFile.WriteText(Path.Combine(folder, LabelLayout.DescriptionName),
            JsonSerializer.Serialize(new Dictionary<string, string>(description.ToMetadata()), Json) + "\n");

    internal static LabelSetDescription ReadDescription(string path) =>
        LabelSetDescription.FromMetadata(Parse<Dictionary<string, string>>(path) ?? [], path);

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
