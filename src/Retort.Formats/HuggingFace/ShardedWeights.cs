using Retort.Formats.Safetensors;

namespace Retort.Formats.HuggingFace;

/// <summary>The tensors of a checkpoint's folder: model.safetensors, or the shards that an index names. Nothing is ever executed.</summary>
public sealed class ShardedWeights : IDisposable
{
    public const string SingleFile = "model.safetensors", IndexFile = "model.safetensors.index.json";
    private readonly List<SafetensorsReader> _readers = [];
    private readonly Dictionary<string, SafetensorsReader> _places = new(StringComparer.Ordinal);

    private ShardedWeights(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _places.Keys;

    /// <exception cref="FormatException">No weights, a shard missing, or shards that are not what the index says.</exception>
    public static ShardedWeights Open(string folder)
    {
        var weights = new ShardedWeights(folder);
        try
        {
            string single = Path.Combine(folder, SingleFile), index = Path.Combine(folder, IndexFile);
            if (File.Exists(single)) weights.OpenSingle(single);
            else if (File.Exists(index)) weights.OpenShards(index);
            else throw Missing(folder);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public SafetensorsEntry Entry(string name) => _places[name].Entries[name];

    /// <summary>The file that holds a tensor.</summary>
    public string PathOf(string name) => _places[name].Path;

    /// <summary>Numbers of a tensor, widened to floats; one place an element.</summary>
    public void ReadFloats(string name, Span<float> target) => _places[name].ReadFloats(name, target);

    /// <summary>The tensor's bytes as they lie in the file, little endian, valid until this is disposed. For at most 2 GiB.</summary>
    public ReadOnlySpan<byte> Bytes(string name) => _places[name].Bytes(name);

    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }

    /// <summary>Names of the shards in an index.</summary>
    /// <exception cref="FormatException">It is no index, or a shard is no file beside it.</exception>
    public static IReadOnlyList<string> ShardsOf(string index) => [.. ReadIndex(index).Select(shard => shard.Key)];

    private void OpenSingle(string path)
    {
        var reader = SafetensorsReader.Open(path);
        _readers.Add(reader);
        foreach (var name in reader.Entries.Keys) _places.Add(name, reader);
    }

    private static List<IGrouping<string, (string Key, string Word)>> ReadIndex(string index)
    {
        var named = ConfigObject.Open(index).Names("weight_map")
            ?? throw new FormatException(index, "there is no 'weight_map'", "expected an object of tensors and their shards");
        var shards = named.GroupBy(pair => pair.Word).ToList();
        foreach (var shard in shards)
            if (shard.Key != Path.GetFileName(shard.Key) || !shard.Key.EndsWith(".safetensors", StringComparison.Ordinal))
                throw new FormatException(index, $"a shard is named '{shard.Key}'",
                    "expected the name of a .safetensors file beside the index");
        return shards.Count > 0 ? shards : throw new FormatException(index, "'weight_map' is empty", "expected the tensors of a model");
    }

    private void OpenShards(string index)
    {
        foreach (var shard in ReadIndex(index))
        {
            var path = Path.Combine(Folder, shard.Key);
            if (!File.Exists(path))
                throw new FormatException(path, $"the shard is missing; {Path.GetFileName(index)} puts {shard.Count()} tensors into it",
                    "expected every shard beside the index", "fetch the missing file");
            var reader = SafetensorsReader.Open(path);
            _readers.Add(reader);
            foreach (var (name, _) in shard)
            {
                if (!reader.Entries.ContainsKey(name))
                    throw new FormatException(path, $"there is no tensor '{name}'",
                        $"expected the {shard.Count()} tensors that {Path.GetFileName(index)} puts into this shard", "fetch both files again");
                _places.Add(name, reader);
            }
            if (reader.Entries.Keys.FirstOrDefault(name => !_places.ContainsKey(name)) is { } surplus)
                throw new FormatException(path, $"there is a tensor '{surplus}' that {Path.GetFileName(index)} does not name",
                    $"expected {shard.Count()} tensors in this shard", "fetch both files again");
        }
    }

    private static FormatException Missing(string folder)
    {
        var expected = $"expected {SingleFile}, or {IndexFile} and its shards";
        if (!Directory.Exists(folder)) return new(folder, "there is no such folder", expected, "check the path");
        return Directory.EnumerateFiles(folder).Select(Path.GetExtension).Any(ending => ending is ".bin" or ".pt" or ".pth" or ".ckpt")
            ? new(folder, "the weights are pickled, and reading a pickle runs its code", expected, "convert them to safetensors elsewhere")
            : new(folder, "the folder holds no weights", expected, "fetch them, or name another folder");
    }
}
