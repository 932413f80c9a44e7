using System.Text.RegularExpressions;
using Retort.Formats.Safetensors;
using Retort.Labels;

namespace Retort.Tests.Distillation.Labels;

/// <summary>Makes sets that no writer makes.</summary>
internal static class ShardEdit
{
    /// <summary>Changes the metadata of a shard, of the manifest and of the description, with sizes and checksums that agree.</summary>
    public static void Rewrite(string folder, string shard, params (string Key, string? Value)[] changes)
    {
        Dictionary<string, string> metadata;
        List<SafetensorsTensor> tensors;
        using (var reader = SafetensorsReader.Open(At(shard)))
        {
            metadata = new(reader.Metadata);
            tensors = [.. reader.Entries.Values.Select(entry =>
                new SafetensorsTensor(entry.Name, entry.DataType, entry.Shape, reader.Bytes(entry.Name).ToArray()))];
        }
        var (bytes, hash) = (new FileInfo(At(shard)).Length, LabelManifest.Hash(At(shard)));
        foreach (var (key, value) in changes)
        {
            metadata.Remove(key);
            if (value is not null) metadata[key] = value;
        }
        metadata["metadata_crc32c"] = LabelShardFile.MetadataCrc(metadata);
        SafetensorsWriter.Write(At(shard), tensors, metadata);
        foreach (var file in new[] { "manifest.json", "description.json" })
        {
            var text = File.ReadAllText(At(file))
                .Replace($"\"bytes\": {bytes}", $"\"bytes\": {new FileInfo(At(shard)).Length}", StringComparison.Ordinal);
            foreach (var (key, value) in changes)
                text = Regex.Replace(text, $"\"{key}\": \"[^\"]*\"", value is null
                    ? $"\"{key}_was\": \"\""
                    : $"\"{key}\": \"{value}\"");
            File.WriteAllText(At(file), text.Replace(hash, LabelManifest.Hash(At(shard)), StringComparison.Ordinal));
        }

        string At(string name) => Path.Combine(folder, name);
    }
}
