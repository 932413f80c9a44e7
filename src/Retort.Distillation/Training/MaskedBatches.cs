using Retort.Data;
using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>
/// Texts in an order of their own in each epoch, each with a fresh mask. Texts of like length stand together, so that little of a batch is
/// padding: the epoch is shuffled, cut into stretches of some batches, each sorted by length, and the batches are shuffled again.
/// </summary>
/// <param name="texts">Ids of each.</param>
/// <param name="masking">What is to be guessed.</param>
/// <param name="batchSize">Texts of an update.</param>
/// <param name="seed">Order and masks derive from it.</param>
public sealed class MaskedBatches(IReadOnlyList<int[]> texts, Masking masking, int batchSize, Seed seed) : IBatchSource
{
    private const int Stretch = 16;

    private readonly Seed _orderSeed = seed.Derive("data"), _maskSeed = seed.Derive("mask");
    private int[][] _batches = [];
    private long _epoch = -1;

    public int StepsPerEpoch => (texts.Count + batchSize - 1) / batchSize;

    public Batch CreateBatch() => new(batchSize, 0, 0, 0) { Masked = new MaskedBlock() };

    public void Fill(long update, Batch batch)
    {
        var epoch = update / StepsPerEpoch;
        if (epoch != _epoch) (_batches, _epoch) = (Ordered(epoch), epoch);
        var rows = _batches[update % StepsPerEpoch];
        batch.Count = rows.Length;
        rows.CopyTo(batch.Rows, 0);
        var masks = _maskSeed.Derive((ulong)epoch);
        batch.Masked!.Fill([.. rows.Select(row => (texts[row], masks.Derive((ulong)row)))], masking);
    }

    private int[][] Ordered(long epoch)
    {
        var shuffled = BatchOrder.Permutation([.. Enumerable.Range(0, texts.Count)], _orderSeed, epoch);
        int[][] batches = [.. shuffled.Chunk(Stretch * batchSize)
            .SelectMany(stretch => stretch.OrderBy(row => texts[row].Length).Chunk(batchSize))];
        var order = BatchOrder.Permutation([.. Enumerable.Range(0, batches.Length)], _orderSeed.Derive("batches"), epoch);
        return [.. order.Select(number => batches[number])];
    }
}
