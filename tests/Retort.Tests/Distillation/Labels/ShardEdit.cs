using System.Text.RegularExpressions;
using Retort.Formats.Safetensors;
using Retort.Labels;

namespace Retort.Tests.Distillation.Labels;

/// <summary>Makes sets that no writer makes.</summary>
internal static class ShardEdit
{
    /// <summary>Changes the metadata of a shard, of the manifest and of the description, with sizes and checksums that agree.</summary>
    public static void Rewrite(string folder, string shard, params (string Key, string? Value)[] changes) =>
        Rewrite(folder, shard, changes, tensor => tensor);

    /// <summary>Changes one number of an I64 tensor, with sizes and checksums that agree.</summary>
    public static void Replace(string folder, string shard, string name, int index, long value)
    {
        byte[] bytes;
        using (var reader = SafetensorsReader.Open(Path.Combine(folder, shard))) bytes = reader.Bytes(name).ToArray();
        BitConverter.GetBytes(value).CopyTo(bytes, 8 * index);
        Rewrite(folder, shard, [(name + "_crc32c", LabelShardFile.Hex(Crc32C.Compute(bytes)))],
            tensor => tensor.Name == name ? tensor with { Data = bytes } : tensor);
    }

    private static void Rewrite(string folder, string shard, (string Key, string? Value)[] changes,
        Func<SafetensorsTensor, SafetensorsTensor> edit)
    {
        Dictionary<string, string> metadata;
        List<SafetensorsTensor> tensors;
        using (var reader = SafetensorsReader.Open(At(shard)))
        {
            metadata = new(reader.Metadata);
            tensors = [.. reader.Entries.Values.Select(entry =>
                edit(new(entry.Name, entry.DataType, entry.Shape, reader.Bytes(entry.Name).ToArray())))];
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
