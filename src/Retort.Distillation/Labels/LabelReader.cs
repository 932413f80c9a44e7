using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// Reads a complete label set, memory-mapped. Opening refuses labels of anything but what the recipe expects; a row is checked when
/// it is first read. Rows may be read from several threads.
/// </summary>
public sealed class LabelReader : IDisposable
{
    private readonly string _folder;
    private readonly LabelShard[] _shards;
    private readonly LabelRowCodec _codec;

    private LabelReader(string folder, LabelShard[] shards)
    {
        (_folder, _shards) = (folder, shards);
        Description = shards[0].Description;
        _codec = new LabelRowCodec(Description);
    }

    public LabelSetDescription Description { get; }

    /// <summary>The most classes that a row keeps.</summary>
    public int MaximumKept => _codec.MaximumKept;

    /// <summary>Bytes of all rows, without offsets, checksums and headers.</summary>
    public long PayloadBytes => _shards.Sum(shard => (long)shard.PayloadBytes);

    /// <summary>Bytes of all shard files, everything counted.</summary>
    public long FileBytes { get; private init; }

    /// <summary>Refusals that the recipe lifted, as sentences: nobody uses such labels in silence.</summary>
    public IReadOnlyList<string> Lifted { get; private init; } = [];

    public double BytesPerRow => PayloadBytes / (double)Description.Examples;

    /// <summary>What all logits would take as float32, for comparison.</summary>
    public long DenseBytes => 4L * Description.Classes * Description.Examples;

    /// <param name="folder">The labels folder.</param>
    /// <param name="expected">What the recipe's data and teacher need.</param>
    /// <param name="verifyAll">Also hashes every shard and checks every row now.</param>
    /// <param name="accepted">Single refusals that the recipe lifts by name.</param>
    public static LabelReader Open(string folder, LabelSetDescription expected, bool verifyAll = false, AcceptedLabels? accepted = null)
    {
        var manifest = LabelManifest.Read(folder);
        var path = Path.Combine(folder, LabelLayout.ManifestName);
        expected = expected with { Keep = expected.Codec == LabelCodec.TopK ? LabelKeep.Parse(expected.Keep).ToString() : "all" };
        var refusal = new LabelRefusal(accepted ?? new AcceptedLabels());
        refusal.Check(path, LabelSetDescription.FromMetadata(manifest.Description, path), expected);
        var units = LabelLayout.Units(expected.Examples);
        if (manifest.Shards.Count != units)
            throw new RetortException(path, $"lists {manifest.Shards.Count} shards.", $"expected {units} for {expected.Examples} examples.",
                LabelRefusal.Relabel);
        var shards = new List<LabelShard>();
        try
        {
            for (var unit = 0; unit < units; unit++)
                shards.Add(OpenShard(folder, unit, expected, manifest.Shards[unit], shards, refusal, verifyAll));
            return new LabelReader(folder, [.. shards]) { FileBytes = manifest.Shards.Sum(shard => shard.Bytes), Lifted = refusal.Lifted };
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    /// <summary>Raw logits. Dense labels only.</summary>
    /// <param name="rows">Row indices.</param>
    /// <param name="logits">[rows, classes].</param>
    public void ReadDense(ReadOnlySpan<int> rows, Span<float> logits)
    {
        Offers(LabelCodec.Dense, "all logits");
        for (var index = 0; index < rows.Length; index++) _codec.Dense(Row(rows[index]),
            logits.Slice(index * Description.Classes, Description.Classes));
    }

    /// <summary>TRUE log-probabilities of the kept classes. Top-k labels only.</summary>
    /// <param name="rows">Row indices.</param>
    /// <param name="ids">[rows, <see cref="MaximumKept"/>], ascending, then −1.</param>
    /// <param name="logProbabilities">[rows, <see cref="MaximumKept"/>], then −∞.</param>
    /// <param name="tailMass">[rows], probability of all classes that were not kept, in [0, 1].</param>
    public void ReadTopK(ReadOnlySpan<int> rows, Span<int> ids, Span<float> logProbabilities, Span<float> tailMass)
    {
        Offers(LabelCodec.TopK, "the top classes");
        for (var index = 0; index < rows.Length; index++)
            tailMass[index] = _codec.TopK(Row(rows[index]), ids.Slice(index * MaximumKept, MaximumKept),
                logProbabilities.Slice(index * MaximumKept, MaximumKept));
    }

    /// <summary>The teacher's most probable class of each row; any codec. Equal ones go to the lower id.</summary>
    public void ReadHard(ReadOnlySpan<int> rows, Span<int> classes)
    {
        for (var index = 0; index < rows.Length; index++) classes[index] = _codec.Hard(Row(rows[index]));
    }

    public void Dispose() => Array.ForEach(_shards, shard => shard.Dispose());

    private static LabelShard OpenShard(
        string folder, int unit, LabelSetDescription expected, LabelManifestShard listed, List<LabelShard> before, LabelRefusal refusal,
            bool verifyAll)
    {
        var path = LabelLayout.Shard(folder, unit, expected.Examples);
        listed.Check(path, verifyAll);
        var shard = LabelShard.Open(path, unit, refusal.SumError);
        try
        {
            refusal.Check(path, shard.Description, expected);
            if (unit > 0) refusal.CheckSameSet(path, shard.Description, LabelLayout.Shard(folder, 0, expected.Examples),
                before[0].Description);
            if (verifyAll) shard.CheckAll();
            return shard;
        }
        catch
        {
            shard.Dispose();
            throw;
        }
    }

    private ReadOnlySpan<byte> Row(int row)
    {
        if ((uint)row >= (uint)Description.Examples)
            throw new ArgumentOutOfRangeException(nameof(row), $"Row {row} of {Description.Examples}.");
        return _shards[row / LabelLayout.UnitRows].Row(row % LabelLayout.UnitRows);
    }

    private void Offers(LabelCodec needed, string what)
    {
        if (Description.Codec != needed)
            throw new RetortException(_folder, $"the objective needs {what} ({LabelSetDescription.NameOf(needed)}).",
                $"these labels offer {LabelSetDescription.NameOf(Description.Codec)}.", "change labels.kind or the objective.");
    }
}
