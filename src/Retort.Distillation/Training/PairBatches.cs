using Retort.Data;
using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>Pairs of documents in rows, the preferred one in front of the other; no pair is parted.</summary>
/// <param name="pairs">Of the training part.</param>
/// <param name="contextLength">Tokens of a row.</param>
/// <param name="batchSize">Rows of an update.</param>
/// <param name="seed">The order derives from it.</param>
/// <exception cref="RetortException">A pair is longer than a row.</exception>
public sealed class PairBatches(IReadOnlyList<TextPair> pairs, int contextLength, int batchSize, Seed seed) : IBatchSource
{
    private readonly int[][] _rows = Packing.Rows([.. pairs.Select(pair => pair.Tokens <= contextLength ? pair.Tokens
        : throw new RetortException(pair.Preferred.Place, $"a pair of {pair.Tokens} tokens.", $"at most data.contextLength, {contextLength}, for both.",
            "raise data.contextLength."))], contextLength);
    private readonly Seed _orderSeed = seed.Derive("data");
    private int[] _order = [];
    private long _epoch = -1;

    public int StepsPerEpoch => (_rows.Length + batchSize - 1) / batchSize;

    public Batch CreateBatch() => new(batchSize, 0, 0, 0) { Text = new TokenBlock(batchSize, contextLength) };

    public void Fill(long update, Batch batch)
    {
        var epoch = update / StepsPerEpoch;
        if (epoch != _epoch) (_order, _epoch) = (BatchOrder.Permutation([.. Enumerable.Range(0, _rows.Length)], _orderSeed, epoch), epoch);
        var first = (int)(update % StepsPerEpoch) * batchSize;
        batch.Count = Math.Min(batchSize, _rows.Length - first);
        batch.Text!.Fill([.. _order.Skip(first).Take(batch.Count).Select(row => (IReadOnlyList<TextDocument>)
            [.. _rows[row].SelectMany(pair => (TextDocument[])[pairs[pair].Preferred, pairs[pair].Other])])]);
    }
}
