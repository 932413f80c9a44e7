using Retort.Formats.Files;
using Retort.Formats.Safetensors;

namespace Retort.Formats.HuggingFace;

/// <summary>Writes the tensors of a checkpoint's folder: one file, or shards and, last, their index.</summary>
public static class ShardedWeightsWriter
{
    /// <summary>Where the hub's own tools cut.</summary>
    public const long UsualShard = 5_000_000_000;

    /// <param name="folder">It must exist.</param>
    /// <param name="tensors">Each is made when its shard is written, in this order.</param>
    /// <param name="shardBytes">Longest shard; a single tensor may be longer.</param>
    public static void Write(string folder, IReadOnlyList<(string Name, long Bytes, Func<SafetensorsTensor> Make)> tensors,
        long shardBytes = UsualShard)
    {
        var shards = new List<List<int>> { new() };
        var used = 0L;
        for (var i = 0; i < tensors.Count; i++)
        {
            if (shards[^1].Count > 0 && used + tensors[i].Bytes > shardBytes)
            {
                shards.Add([]);
                used = 0;
            }
            shards[^1].Add(i);
            used += tensors[i].Bytes;
        }
        string Name(int shard) => shards.Count == 1
            ? ShardedWeights.SingleFile
            : FormattableString.Invariant($"model-{shard + 1:00000}-of-{shards.Count:00000}.safetensors");
        for (var shard = 0; shard < shards.Count; shard++)
            SafetensorsWriter.Write(Path.Combine(folder, Name(shard)), [.. shards[shard].Select(i => tensors[i].Make())],
                new Dictionary<string, string> { ["format"] = "pt" });
        if (shards.Count > 1) WriteIndex(folder, tensors, shards, Name);
        DeleteStale(folder, [.. Enumerable.Range(0, shards.Count).Select(Name)]);
    }

    /// <summary>What an earlier writing left goes last, so that the folder has weights at every moment.</summary>
    private static void DeleteStale(string folder, HashSet<string> written)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "model-*-of-*.safetensors"))
            if (!written.Contains(Path.GetFileName(path))) File.Delete(path);
        File.Delete(Path.Combine(folder, written.Count == 1 ? ShardedWeights.IndexFile : ShardedWeights.SingleFile));
    }

    private static void WriteIndex(string folder, IReadOnlyList<(string Name, long Bytes, Func<SafetensorsTensor> Make)> tensors,
        List<List<int>> shards, Func<int, string> fileName)
    {
        AtomicFile.WriteText(Path.Combine(folder, ShardedWeights.IndexFile), CausalConfigWriter.Text(json =>
        {
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", tensors.Sum(tensor => tensor.Bytes));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            for (var shard = 0; shard < shards.Count; shard++)
                foreach (var i in shards[shard]) json.WriteString(tensors[i].Name, fileName(shard));
            json.WriteEndObject();
        }));
    }
}
