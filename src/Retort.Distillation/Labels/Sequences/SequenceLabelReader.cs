using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// Reads a complete set of labels of documents, memory-mapped. Opening refuses labels of anything but what the recipe expects; bytes
/// are checked when they are first read. Documents may be read from several threads, in any order, whole or in part: no array of all
/// tokens is ever formed.
/// </summary>
public sealed class SequenceLabelReader : IDisposable
{
    private readonly string _folder;
    private readonly SequenceShard[] _shards;
    private readonly Lazy<Dictionary<ExampleKey, int>> _byKey;

    private SequenceLabelReader(string folder, SequenceShard[] shards)
    {
        (_folder, _shards, Description) = (folder, shards, shards[0].Description);
        MaximumKept = Description.MaximumKept;
        _byKey = new(() =>
        {
            var found = new Dictionary<ExampleKey, int>(Documents);
            for (var document = 0; document < Documents; document++) found.TryAdd(Key(document), document);
            return found;
        });
    }

    public SequenceLabelDescription Description { get; }

    public int Documents => Description.Documents;

    /// <summary>Tokens of all documents.</summary>
    public long Tokens => _shards.Sum(shard => (long)shard.Tokens);

    /// <summary>The most ids, or numbers, of a row: what a row's place in a caller's span must have.</summary>
    public int MaximumKept { get; }

    /// <summary>Bytes of all rows, without ids, offsets, checksums and headers.</summary>
    public long PayloadBytes => _shards.Sum(shard => shard.PayloadBytes);

    /// <summary>Bytes of all shard files, everything counted.</summary>
    public long FileBytes { get; private init; }

    /// <summary>Refusals that the recipe lifted, as sentences: nobody uses such labels in silence.</summary>
    public IReadOnlyList<string> Lifted { get; private init; } = [];

    /// <param name="folder">The labels folder.</param>
    /// <param name="expected">What the recipe's data, tokenizer and teacher need.</param>
    /// <param name="verifyAll">Also hashes every shard and checks every row now.</param>
    /// <param name="accepted">Single refusals that the recipe lifts by name.</param>
    public static SequenceLabelReader Open(string folder, SequenceLabelDescription expected, bool verifyAll = false,
        AcceptedLabels? accepted = null)
    {
        var manifest = LabelManifest.Read(folder);
        var path = Path.Combine(folder, LabelLayout.ManifestName);
        var refusal = new LabelRefusal(accepted ?? new AcceptedLabels());
        var described = SequenceLabelDescription.FromMetadata(manifest.Description, path);
        refusal.Check(path, described, expected.Checked(folder));
        var units = LabelLayout.Units(described.Documents, described.UnitDocuments);
        if (manifest.Shards.Count != units)
            throw new RetortException(path, $"lists {manifest.Shards.Count} shards.",
                $"expected {units} for {described.Documents} documents.", LabelRefusal.Relabel);
        var shards = new List<SequenceShard>();
        try
        {
            for (var unit = 0; unit < units; unit++)
            {
                var file = LabelLayout.Shard(folder, unit, described.Documents, described.UnitDocuments);
                manifest.Shards[unit].Check(file, verifyAll);
                shards.Add(SequenceShard.Open(file, unit, described.UnitDocuments, refusal.SumError));
                refusal.Check(file, shards[unit].Description, expected.Checked(folder));
                refusal.CheckSameSet(file, shards[unit].Description,
                    LabelLayout.Shard(folder, 0, described.Documents, described.UnitDocuments), shards[0].Description);
                if (verifyAll) shards[unit].CheckAll();
            }
            return new SequenceLabelReader(folder, [.. shards])
            {
                FileBytes = manifest.Shards.Sum(shard => shard.Bytes), Lifted = refusal.Lifted,
            };
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    /// <summary>Tokens of a document, and rows: one after each token.</summary>
    public int Length(int document) => At(document, out var place).Length(place);

    public ExampleKey Key(int document) => At(document, out var place).Key(place);

    /// <summary>The document of an example; false when it has no labels. Of several with the same text the first.</summary>
    public bool TryFind(ExampleKey key, out int document) => _byKey.Value.TryGetValue(key, out document);

    /// <summary>Refuses labels in which an example is missing.</summary>
    /// <param name="keys">Of all examples that the recipe trains on.</param>
    public void Require(IReadOnlyList<ExampleKey> keys)
    {
        for (var index = 0; index < keys.Count; index++)
            if (!TryFind(keys[index], out _))
                throw new RetortException(_folder, $"has no labels of example {index}, whose key is {keys[index]}.",
                    $"expected labels of all {keys.Count} examples; it has {Documents} documents.", LabelRefusal.OtherData);
    }

    /// <summary>Tokens of a document, from one on; what the student reads, and its hard labels.</summary>
    /// <param name="document">Which.</param>
    /// <param name="first">The first token wanted.</param>
    /// <param name="inputIds">As many as are wanted.</param>
    public void ReadTokens(int document, int first, Span<int> inputIds) =>
        At(document, out var place).InputIds(place).Slice(first, inputIds.Length).CopyTo(inputIds);

    /// <summary>1 for each row that counts in a loss, 0 for the others.</summary>
    /// <param name="document">Which.</param>
    /// <param name="first">The first row wanted.</param>
    /// <param name="mask">As many as are wanted.</param>
    public void ReadMask(int document, int first, Span<byte> mask)
    {
        var stored = At(document, out var place).Mask(place);
        if (stored.Length > 0) stored.Slice(first, mask.Length).CopyTo(mask);
        else mask.Fill(1);
    }

    /// <summary>
    /// Answers over the vocabulary, as true log-probabilities: of the most probable ids, or ln(count/N) of drawn ones, which have no
    /// tail. A row without a label keeps nothing and has a tail of 1.
    /// </summary>
    /// <param name="document">Which.</param>
    /// <param name="first">The first row wanted; as many are read as <paramref name="tailMass"/> has places.</param>
    /// <param name="ids">[rows, <see cref="MaximumKept"/>], ascending, then −1.</param>
    /// <param name="logProbabilities">[rows, <see cref="MaximumKept"/>], then −∞.</param>
    /// <param name="tailMass">[rows], probability of all ids that were not kept, in [0, 1].</param>
    public void ReadRows(int document, int first, Span<int> ids, Span<float> logProbabilities, Span<float> tailMass)
    {
        if (Description.Codec == SequenceCodec.DenseHalf) throw Offers("answers over the vocabulary (topk-q8, topk-f16 or sampled)");
        var shard = At(document, out var place);
        for (var row = 0; row < tailMass.Length; row++)
        {
            var rowIds = ids.Slice(row * MaximumKept, MaximumKept);
            var rowValues = logProbabilities.Slice(row * MaximumKept, MaximumKept);
            var kept = shard.Decode(place, first + row, rowIds, rowValues, out var logTail);
            rowIds[kept..].Fill(-1);
            rowValues[kept..].Fill(float.NegativeInfinity);
            tailMass[row] = MathF.Exp(logTail);
        }
    }

    /// <summary>ln Σ p^(1/T) of rows, for each planned temperature: log p^T = log p / T − this, and the tail's mass follows.</summary>
    /// <param name="document">Which.</param>
    /// <param name="first">The first row wanted.</param>
    /// <param name="normalisers">[rows, planned temperatures].</param>
    public void ReadNormalisers(int document, int first, Span<float> normalisers)
    {
        if (Description.Temperatures.Count == 0) throw Offers("log-normalisers of planned temperatures");
        var stored = At(document, out var place).Normalisers(place);
        stored.Slice(first * Description.Temperatures.Count, normalisers.Length).CopyTo(normalisers);
    }

    /// <summary>Numbers of a dense codec; zeros for a row without a label.</summary>
    /// <param name="document">Which.</param>
    /// <param name="first">The first row wanted.</param>
    /// <param name="values">[rows, width].</param>
    public void ReadValues(int document, int first, Span<float> values)
    {
        if (Description.Codec != SequenceCodec.DenseHalf) throw Offers("numbers a token (dense-f16)");
        var shard = At(document, out var place);
        for (var row = 0; row < values.Length / Description.Width; row++)
        {
            var numbers = values.Slice(row * Description.Width, Description.Width);
            if (shard.Decode(place, first + row, [], numbers, out _) == 0) numbers.Clear();
        }
    }

    public void Dispose() => Array.ForEach(_shards, shard => shard.Dispose());

    private SequenceShard At(int document, out int place)
    {
        if ((uint)document >= (uint)Documents)
            throw new ArgumentOutOfRangeException(nameof(document), $"Document {document} of {Documents}.");
        place = document % Description.UnitDocuments;
        return _shards[document / Description.UnitDocuments];
    }

    private RetortException Offers(string needed) => new(_folder, $"the objective needs {needed}.",
        $"these labels offer {SequenceLabelDescription.NameOf(Description.Codec)}.", "change labels.kind or the objective.");
}
