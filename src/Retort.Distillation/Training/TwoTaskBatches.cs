using Retort.Data;
using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>
/// As many rows of one task as of another, the first task's in front, so that each half of a batch has a loss of its own. The task with
/// fewer rows begins again before the other is through.
/// </summary>
/// <param name="first">Documents of the first task.</param>
/// <param name="second">Documents of the second.</param>
/// <param name="contextLength">Tokens of a row.</param>
/// <param name="batchSize">Rows of an update, of which each task has half.</param>
/// <param name="seed">The order derives from it.</param>
public sealed class TwoTaskBatches(IReadOnlyList<TextDocument> first, IReadOnlyList<TextDocument> second, int contextLength, int batchSize,
    Seed seed) : IBatchSource
{
    private readonly Task[] _tasks = [new(first, contextLength, seed.Derive("data").Derive("first")),
        new(second, contextLength, seed.Derive("data").Derive("second"))];
    private readonly int _half = Math.Max(1, batchSize / 2);

    public int StepsPerEpoch => (_tasks.Max(task => task.Count) + _half - 1) / _half;

    public Batch CreateBatch() => new(2 * _half, 0, 0, 0) { Text = new TokenBlock(2 * _half, contextLength) };

    public void Fill(long update, Batch batch)
    {
        batch.Count = 2 * _half;
        batch.Text!.Fill([.. _tasks.SelectMany(task => Enumerable.Range(0, _half).Select(i => task.Row(update * _half + i)))]);
    }

    private sealed class Task(IReadOnlyList<TextDocument> documents, int contextLength, Seed seed)
    {
        private readonly int[][] _rows = Packing.Rows([.. documents.Select(document => document.Tokens.Length)], contextLength);
        private int[] _order = [];
        private long _epoch = -1;

        public int Count => _rows.Length;

        /// <param name="place">Of the row, counted through all epochs.</param>
        public IReadOnlyList<TextDocument> Row(long place)
        {
            var epoch = place / Count;
            if (epoch != _epoch) (_order, _epoch) = (BatchOrder.Permutation([.. Enumerable.Range(0, Count)], seed, epoch), epoch);
            return [.. _rows[_order[place % Count]].Select(document => documents[document])];
        }
    }
}
