using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Several of them; a chunk belongs to the first whose end lies behind it.</summary>
internal unsafe struct AttentionForwards : IChunkJob
{
    public AttentionForward* Parts;
    public long* Ends;

    public readonly void Run(long chunk, int thread)
    {
        var part = 0;
        while (chunk >= Ends[part]) part++;
        Parts[part].Run(part == 0 ? chunk : chunk - Ends[part - 1], thread);
    }
}

/// <summary>
/// One chunk = one block of queries of one head; keys stream by. Outputs are kept times the sum of their weights until the end.
/// </summary>
internal unsafe struct AttentionForward : IChunkJob
{
    public AttentionSpace Space;
    public float* LogSums;

    public readonly void Run(long chunk, int thread)
    {
        const int stride = AttentionSpace.KeyBlock;
        ref readonly var terms = ref Space.Terms;
        // The last blocks first: with a causal mask they are the longest.
        var apart = terms.Batch * terms.Heads;
        var query = (Space.QueryBlocks - 1 - chunk / apart) * AttentionSpace.QueryBlock;
        var (sequence, head) = (chunk % apart / terms.Heads, chunk % terms.Heads);
        var keyHead = Space.KeyHead(head);
        var rows = (int)Math.Min(AttentionSpace.QueryBlock, terms.Queries - query);
        float* bounds = stackalloc float[AttentionSpace.QueryBlock];
        double* sums = stackalloc double[AttentionSpace.QueryBlock];
        for (var row = 0; row < rows; row++) (bounds[row], sums[row]) = (float.NegativeInfinity, 0);

        var scores = Space.Scores(thread);
        var outputs = Space.Outputs.At(sequence, head, query);
        var scale = (float)terms.Scale;
        var (first, end) = Space.VisibleTo(sequence, query, rows);
        for (var key = first; key < end; key += AttentionSpace.KeyBlock)
        {
            var width = Math.Min(AttentionSpace.KeyBlock, end - key);
            var (queries, keys) = (Space.Queries.Rows(sequence, head, query), Space.Keys.Rows(sequence, keyHead, key, true));
            Space.Multiply(thread, rows, width, terms.Width, queries, keys, scores, stride, false);
            for (var row = 0; row < rows; row++)
                scale = AddKeys(sequence, query + row, key, scores + row * stride, width, ref bounds[row], ref sums[row], key > first
                    ? outputs + row * Space.Outputs.Token
                    : null);
            var weights = new Operand(scores, stride, false);
            Space.Multiply(thread, rows, terms.Width, width, weights, Space.Values.Rows(sequence, keyHead, key), outputs,
                Space.Outputs.Token, key > first);
        }
        if (first == end) Space.Outputs.Clear(sequence, head, query, query + rows, terms.Width);
        for (var row = 0; row < rows; row++)
        {
            var seen = sums[row] != 0; // NaN is
            if (first < end) FloatRows.Scale(seen ? (float)(1 / sums[row]) : 0, outputs + row * Space.Outputs.Token, terms.Width);
            var logSum = seen ? (float)(bounds[row] * (double)scale + Math.Log(sums[row])) : float.PositiveInfinity;
            if (LogSums != null) LogSums[(sequence * terms.Heads + head) * terms.Queries + query + row] = logSum;
        }
    }

    /// <summary>Scores become weights exp(scale·(s − bound)); what was summed under a lower bound is scaled down.</summary>
    /// <returns>The scale of prepared scores.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float AddKeys(long sequence, long query, long key, float* scores, long width, ref float bound, ref double sum,
        float* outputs)
    {
        var (first, end) = Space.Terms.VisibleTo(query);
        var low = Math.Clamp(first - key, 0, width);
        var high = Math.Clamp(end - key, low, width);
        var scale = Space.Prepare(sequence, query, key + low, scores + low, high - low);
        ScoreRows.ClearOutside(scores, low, high, width);
        if (low == high) return scale;
        var higher = Math.Max(bound, RowSums.Bound(scores + low, high - low));
        var shift = float.IsNegativeInfinity(higher) ? 0 : higher; // every key was hidden
        if (higher > bound)
        {
            var factor = Math.Exp(((double)bound - higher) * scale);
            sum *= factor;
            if (outputs != null) FloatRows.Scale((float)factor, outputs, Space.Terms.Width);
            bound = higher;
        }
        sum += RowSums.Exponentials(scores + low, high - low, shift, scale, scores + low);
        return scale;
    }
}
