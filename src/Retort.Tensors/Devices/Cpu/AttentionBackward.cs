namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// One chunk = one head of keys with all heads of queries that read it, so that nobody else adds to its gradients. Scores are
/// made again block by block from the saved sums (Dao et al. 2022, algorithm 4).
/// </summary>
internal unsafe struct AttentionBackward : IChunkJob
{
    public AttentionSpace Space;
    public float* LogSums;
    public HeadPlace OutputGradient, QueryGradient, KeyGradient, ValueGradient;
    public bool AccumulateQueries, AccumulateKeys, AccumulateValues;

    public readonly void Run(long chunk, int thread)
    {
        ref readonly var terms = ref Space.Terms;
        var (sequence, keyHead) = (chunk / terms.KeyHeads, chunk % terms.KeyHeads);
        var group = terms.Heads / terms.KeyHeads;
        var means = Space.RowNumbers(thread);
        for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
            for (var query = 0L; query < terms.Queries; query++) // Σ p·∂L/∂p = output · its gradient
                means[(head - keyHead * group) * terms.Queries + query] =
                    (float)RowSums.Dot(Space.Outputs.At(sequence, head, query), OutputGradient.At(sequence, head, query), terms.Width);
        if (QueryGradient.IsGiven && !AccumulateQueries) ClearBlindQueries(sequence, keyHead * group, group);
        for (var key = 0L; key < terms.Keys; key += AttentionSpace.KeyBlock)
        {
            var end = Math.Min(key + AttentionSpace.KeyBlock, terms.Keys);
            if (KeyGradient.IsGiven && !AccumulateKeys) KeyGradient.Clear(sequence, keyHead, key, end, terms.Width);
            if (ValueGradient.IsGiven && !AccumulateValues) ValueGradient.Clear(sequence, keyHead, key, end, terms.Width);
            for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
                for (var query = 0L; query < terms.Queries; query += AttentionSpace.QueryBlock)
                {
                    var rows = (int)Math.Min(AttentionSpace.QueryBlock, terms.Queries - query);
                    var visible = Space.VisibleTo(sequence, query, rows);
                    var block = new Block(sequence, head, keyHead, query, rows, Math.Max(key, visible.First), Math.Min(end, visible.End),
                        visible.First >= key);
                    if (block.Key < block.End) AddBlock(block, means + ((head - keyHead * group) * terms.Queries + query), thread);
                }
        }
    }

    /// <param name="Sequence">Of the batch.</param>
    /// <param name="Head">Of queries.</param>
    /// <param name="KeyHead">Of keys.</param>
    /// <param name="Query">First query.</param>
    /// <param name="Rows">Queries.</param>
    /// <param name="Key">First key.</param>
    /// <param name="End">Behind the last key.</param>
    /// <param name="IsFirst">No keys of these queries came before.</param>
    private readonly record struct Block(long Sequence, long Head, long KeyHead, long Query, int Rows, long Key, long End, bool IsFirst);

    private readonly void AddBlock(in Block block, float* means, int thread)
    {
        const int stride = AttentionSpace.KeyBlock;
        ref readonly var terms = ref Space.Terms;
        float* weights = Space.Scores(thread), slopes = Space.ScoreGradients(thread);
        var count = block.End - block.Key;
        Operand queries = Space.Queries.Rows(block.Sequence, block.Head, block.Query),
            upstream = OutputGradient.Rows(block.Sequence, block.Head, block.Query);
        Space.Multiply(thread, block.Rows, count, terms.Width, queries, Space.Keys.Rows(block.Sequence, block.KeyHead, block.Key, true),
            weights, stride, false);
        Space.Multiply(thread, block.Rows, count, terms.Width, upstream, Space.Values.Rows(block.Sequence, block.KeyHead, block.Key, true),
            slopes, stride, false);
        var logSums = LogSums + (block.Sequence * terms.Heads + block.Head) * terms.Queries + block.Query;
        for (var row = 0; row < block.Rows; row++) Differentiate(block, row, weights + row * stride, slopes
            + row * stride, logSums[row], means[row]);

        if (ValueGradient.IsGiven)
            Space.Multiply(thread, count, terms.Width, block.Rows, new Operand(weights, stride, true), upstream,
                ValueGradient.At(block.Sequence, block.KeyHead, block.Key), ValueGradient.Token, true);
        if (KeyGradient.IsGiven)
            Space.Multiply(thread, count, terms.Width, block.Rows, new Operand(slopes, stride, true), queries,
                KeyGradient.At(block.Sequence, block.KeyHead, block.Key), KeyGradient.Token, true);
        if (QueryGradient.IsGiven)
            Space.Multiply(thread, block.Rows, terms.Width, count, new Operand(slopes, stride, false),
                Space.Keys.Rows(block.Sequence, block.KeyHead, block.Key),
                QueryGradient.At(block.Sequence, block.Head, block.Query), QueryGradient.Token, AccumulateQueries || !block.IsFirst);
    }

    private readonly void Differentiate(in Block block, int row, float* weights, float* slopes, float logSum, float mean)
    {
        var (first, end) = Space.Terms.VisibleTo(block.Query + row);
        var low = Math.Clamp(first, block.Key, block.End) - block.Key;
        var high = Math.Clamp(end, block.Key + low, block.End) - block.Key;
        var scale = Space.Prepare(block.Sequence, block.Query + row, block.Key + low, weights + low, high - low);
        var (cap, slope) = ((float)Space.Terms.Softcap, (float)Space.Terms.Scale);
        if (cap > 0) ScoreRows.DifferentiateCapped(weights + low, slopes + low, high - low, logSum, mean, slope, cap);
        else ScoreRows.Differentiate(weights + low, slopes + low, high - low, scale, logSum, mean, slope);
        ScoreRows.ClearOutside(weights, low, high, block.End - block.Key);
        ScoreRows.ClearOutside(slopes, low, high, block.End - block.Key);
    }

    /// <summary>Blocks of queries without any key are visited by nobody.</summary>
    private readonly void ClearBlindQueries(long sequence, long firstHead, long heads)
    {
        for (var query = 0L; query < Space.Terms.Queries; query += AttentionSpace.QueryBlock)
        {
            var rows = (int)Math.Min(AttentionSpace.QueryBlock, Space.Terms.Queries - query);
            var (first, end) = Space.VisibleTo(sequence, query, rows);
            for (var head = firstHead; first >= end
                && head < firstHead + heads; head++) QueryGradient.Clear(sequence, head, query, query + rows, Space.Terms.Width);
        }
    }
}
