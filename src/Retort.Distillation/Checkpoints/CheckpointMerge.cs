using System.Buffers.Binary;
using System.Text.Json;
using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Merging;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>
/// Models in folders of the Hugging Face layout, merged tensor by tensor into a new folder. Types of tensors, config and tokenizer are
/// those of the first.
/// </summary>
public sealed class CheckpointMerge : IDisposable
{
    private const int ShownNames = 4;

    /// <summary>Settings by which weights of the same shapes are other models.</summary>
    private static readonly string[] Settings =
    [
        "model_type", "num_attention_heads", "num_key_value_heads", "head_dim", "n_heads", "hidden_act", "hidden_activation", "activation",
    ];

    private readonly List<ShardedWeights> _models = [];
    private readonly ShardedWeights? _base;
    private readonly IMergeMethod _method;

    /// <summary>Compares names and shapes before any number is read.</summary>
    /// <param name="folders">Of the models.</param>
    /// <param name="baseFolder">Of what they began as; null = none.</param>
    /// <param name="method">How.</param>
    /// <exception cref="RetortException">A base too many or too few, or models that differ in names, shapes or kinds.</exception>
    public CheckpointMerge(IReadOnlyList<string> folders, string? baseFolder, IMergeMethod method)
    {
        if (method.NeedsBase && baseFolder is null)
            throw new RetortException("merge", "there is no base.", "the model that all of them began as.", "add --base FOLDER.");
        if (!method.NeedsBase && baseFolder is not null)
            throw new RetortException("merge", $"the base {baseFolder} would not be read.",
                "a method that takes one: task-arithmetic, ties.", "leave the base out, or choose one of these.");
        _method = method;
        try
        {
            foreach (var folder in folders) _models.Add(ShardedWeights.Open(folder));
            if (!File.Exists(Path.Combine(folders[0], CausalConfig.File)))
                throw new RetortException(folders[0], $"there is no {CausalConfig.File}.",
                    "a model's folder: the merged one takes its files.");
            if (baseFolder is not null) _base = ShardedWeights.Open(baseFolder);
            foreach (var other in _base is null ? _models.Skip(1) : _models.Skip(1).Append(_base))
            {
                CompareSettings(folders[0], other.Folder);
                Compare(_models[0], other);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Tensors => _models[0].Names.Count;

    /// <summary>Writes the merged model, its weights last.</summary>
    /// <param name="folder">New, or empty.</param>
    /// <param name="merged">Is told how many tensors are done.</param>
    /// <param name="shardBytes">Longest file of weights.</param>
    /// <exception cref="RetortException">The folder is not empty, or a number is not finite.</exception>
    public void Write(string folder, Action<int>? merged = null, long shardBytes = ShardedWeightsWriter.UsualShard)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new RetortException(folder, "is there already, and not empty.", "a folder that is new or empty.", "name another one.");
        Directory.CreateDirectory(folder);
        CompanionFiles.CopyAll(_models[0].Folder, folder);
        var done = 0;
        ShardedWeightsWriter.Write(folder, [.. _models[0].Names.Select(name => (name, _models[0].Entry(name).Length,
            new Func<SafetensorsTensor>(() =>
            {
                var tensor = Merged(name);
                merged?.Invoke(++done);
                return tensor;
            })))], shardBytes);
    }

    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
        _base?.Dispose();
    }

    private SafetensorsTensor Merged(string name)
    {
        var entry = _models[0].Entry(name);
        if (!entry.DataType.IsFloat()) return new(name, entry.DataType, entry.Shape, _models[0].Bytes(name).ToArray());
        float[][] values = [.. _models.Select(model => Values(model, name))];
        var sums = new float[entry.Elements];
        _method.Merge(values, _base is null ? null : Values(_base, name), sums);
        var half = entry.DataType == SafetensorsType.F16;
        var bad = Array.FindIndex(sums, value => !(half ? Half.IsFinite((Half)value) : float.IsFinite(value)));
        if (bad >= 0) throw new RetortException(name, $"element {bad} would be {sums[bad]:R}.", $"a finite number in {entry.DataType}.",
            "use smaller weights.");
        return entry.DataType switch
        {
            SafetensorsType.F16 => SafetensorsTensor.FromFloatsAsHalf(name, entry.Shape, sums),
            SafetensorsType.BF16 => SafetensorsTensor.FromFloatsAsBFloat16(name, entry.Shape, sums),
            SafetensorsType.F64 => new(name, entry.DataType, entry.Shape, Doubles(sums)),
            _ => SafetensorsTensor.FromFloats(name, entry.Shape, sums),
        };
    }

    private static float[] Values(ShardedWeights weights, string name)
    {
        var values = new float[weights.Entry(name).Elements];
        weights.ReadFloats(name, values);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? values : throw new RetortException(weights.PathOf(name), $"element {bad} of tensor '{name}' is {values[bad]}.",
            "finite weights.", "the file is damaged, or its training diverged: take another one.");
    }

    private static byte[] Doubles(float[] values)
    {
        var bytes = new byte[values.Length * sizeof(double)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        return bytes;
    }

    private static void CompareSettings(string first, string other)
    {
        var path = Path.Combine(other, CausalConfig.File);
        if (!File.Exists(path)) return;
        var (one, two) = (SettingsOf(Path.Combine(first, CausalConfig.File)), SettingsOf(path));
        foreach (var (key, own, its) in Settings.Zip(one, two))
            if (own != its)
                throw new RetortException(path, $"says {key} = {its}.", $"{own}, as in {first}.",
                    "merge models that were trained from one base.");
    }

    /// <summary>Of each setting what it is, as JSON.</summary>
    private static string[] SettingsOf(string path)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            return Array.ConvertAll(Settings, key =>
                config.RootElement.TryGetProperty(key, out var value) ? value.GetRawText() : "nothing");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RetortException(path, "is no JSON object.", "the settings of a model.", "fetch or write the file again.", error);
        }
    }

    private static void Compare(ShardedWeights first, ShardedWeights other)
    {
        const string remedy = "merge models of one shape, trained from one base.";
        string[] own = [.. first.Names.Except(other.Names)], its = [.. other.Names.Except(first.Names)];
        if (own.Length + its.Length > 0)
            throw new RetortException(other.Folder, $"lacks {Some(own)} of {first.Folder}, and has {Some(its)} beside.",
                $"the {first.Names.Count} tensors of {first.Folder}.", remedy);
        foreach (var name in first.Names)
        {
            SafetensorsEntry one = first.Entry(name), two = other.Entry(name);
            if (!one.Shape.AsSpan().SequenceEqual(two.Shape))
                throw new RetortException(other.PathOf(name), $"tensor '{name}' has shape [{string.Join(", ", two.Shape)}].",
                    $"[{string.Join(", ", one.Shape)}], as in {first.Folder}.", remedy);
            if (one.DataType.IsFloat() != two.DataType.IsFloat()
                || (!one.DataType.IsFloat() && !first.Bytes(name).SequenceEqual(other.Bytes(name))))
                throw new RetortException(other.PathOf(name), $"tensor '{name}' ({two.DataType}) differs from that of {first.Folder} "
                    + $"({one.DataType}).", "numbers in a float type, or whole numbers that are the same in all models.", remedy);
        }
    }

    private static string Some(string[] names) => names.Length == 0 ? "none"
        : string.Join(", ", names.Take(ShownNames).Select(name => $"'{name}'"))
            + (names.Length > ShownNames ? $" and {names.Length - ShownNames} more" : "");
}
