using Retort.Data;
using Retort.Data.Text;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>Documents that are packed once; in each epoch the rows come in another order.</summary>
/// <param name="documents">Of the training part.</param>
/// <param name="contextLength">Tokens of a row.</param>
/// <param name="batchSize">Rows of an update.</param>
/// <param name="seed">The order derives from it.</param>
/// <param name="labels">A teacher's answers about each token; null = none are stored.</param>
/// <exception cref="RetortException">The store lacks the labels of a document.</exception>
public sealed class TokenBatches(IReadOnlyList<TextDocument> documents, int contextLength, int batchSize, Seed seed,
    SequenceLabelReader? labels = null) : IBatchSource
{
    /// <summary>Where in the store each document is.</summary>
    private readonly int[] _labels = labels is null ? [] : PlacesIn(labels, documents);
    private readonly int[][] _rows = Packing.Rows([.. documents.Select(document => document.Tokens.Length)], contextLength);
    private readonly Seed _orderSeed = seed.Derive("data");
    private int[] _order = [];
    private long _epoch = -1;

    public int StepsPerEpoch => (_rows.Length + batchSize - 1) / batchSize;

    /// <summary>Share of the rows' tokens that are tokens of documents.</summary>
    public double Filled => documents.Sum(document => (double)document.Tokens.Length) / ((double)_rows.Length * contextLength);

    public Batch CreateBatch() => new(labels is null ? batchSize : batchSize * contextLength, 0, 0, labels?.MaximumKept ?? 0)
    {
        Text = new TokenBlock(batchSize, contextLength),
    };

    public void Fill(long update, Batch batch)
    {
        var epoch = update / StepsPerEpoch;
        if (epoch != _epoch) (_order, _epoch) = (BatchOrder.Permutation([.. Enumerable.Range(0, _rows.Length)], _orderSeed, epoch), epoch);
        var first = (int)(update % StepsPerEpoch) * batchSize;
        batch.Count = Math.Min(batchSize, _rows.Length - first);
        _order.AsSpan(first, batch.Count).CopyTo(batch.Rows);
        batch.Text!.Fill([.. _order.Skip(first).Take(batch.Count).Select(row => (IReadOnlyList<TextDocument>)
            [.. _rows[row].Select(document => documents[document])])]);
        if (labels is null) return;
        var hidden = labels.Description.Codec == SequenceCodec.DenseHalf;
        batch.Form = hidden ? null : TeacherForm.TopK;
        var row = 0;
        foreach (var document in batch.Rows.Take(batch.Count).SelectMany(row => _rows[row]))
            for (var token = 1; token < documents[document].Tokens.Length; token++)
                if (!documents[document].Learnt[token]) continue;
                else if (hidden) labels.ReadValues(_labels[document], token - 1, batch.Teacher.AsSpan(row++ * batch.Kept, batch.Kept));
                else labels.ReadRows(_labels[document], token - 1, batch.TeacherIds.AsSpan(row * batch.Kept, batch.Kept),
                        batch.Teacher.AsSpan(row * batch.Kept, batch.Kept), batch.TailMass.AsSpan(row++, 1));
    }

    /// <summary>Labels are found by what the document says: those of other data may have been accepted.</summary>
    private static int[] PlacesIn(SequenceLabelReader labels, IReadOnlyList<TextDocument> documents)
    {
        ExampleKey[] keys = [.. documents.Select(document => ExampleKey.Of(document.Tokens))];
        labels.Require(keys);
        return [.. keys.Select((key, i) =>
            i < labels.Documents && labels.Key(i) == key || !labels.TryFind(key, out var place) ? i : place)];
    }
}
