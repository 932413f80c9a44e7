using Retort.Data;
using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>Documents that are packed once; in each epoch the rows come in another order.</summary>
/// <param name="documents">Of the training part.</param>
/// <param name="contextLength">Tokens of a row.</param>
/// <param name="batchSize">Rows of an update.</param>
/// <param name="seed">The order derives from it.</param>
public sealed class TokenBatches(IReadOnlyList<TextDocument> documents, int contextLength, int batchSize, Seed seed) : IBatchSource
{
    private readonly int[][] _rows = Packing.Rows([.. documents.Select(document => document.Tokens.Length)], contextLength);
    private readonly Seed _orderSeed = seed.Derive("data");
    private int[] _order = [];
    private long _epoch = -1;

    public int StepsPerEpoch => (_rows.Length + batchSize - 1) / batchSize;

    /// <summary>Share of the rows' tokens that are tokens of documents.</summary>
    public double Filled => documents.Sum(document => (double)document.Tokens.Length) / ((double)_rows.Length * contextLength);

    public Batch CreateBatch() => new(batchSize, 0, 0, 0) { Text = new TokenBlock(batchSize, contextLength) };

    public void Fill(long update, Batch batch)
    {
        var epoch = update / StepsPerEpoch;
        if (epoch != _epoch) (_order, _epoch) = (BatchOrder.Permutation([.. Enumerable.Range(0, _rows.Length)], _orderSeed, epoch), epoch);
        var first = (int)(update % StepsPerEpoch) * batchSize;
        batch.Count = Math.Min(batchSize, _rows.Length - first);
        _order.AsSpan(first, batch.Count).CopyTo(batch.Rows);
        batch.Text!.Fill([.. _order.Skip(first).Take(batch.Count).Select(row => (IReadOnlyList<TextDocument>)
            [.. _rows[row].Select(document => documents[document])])]);
    }
}
