namespace Retort.Tensors.Devices.Cpu;

/// <summary>Heads in memory: tokens of one head are rows of a matrix.</summary>
internal readonly unsafe struct HeadPlace(HeadView view)
{
    private readonly float* _data = (float*)view.Memory.Address;
    private readonly long _sequence = view.Sequence, _head = view.Head;

    /// <summary>Elements from token to token.</summary>
    public readonly long Token = view.Token;
    public bool IsGiven => _data != null;

    public float* At(long sequence, long head, long token) => _data + (sequence * _sequence + head * _head + token * Token);

    public Operand Rows(long sequence, long head, long token, bool transposed = false) => new(At(sequence, head, token), Token, transposed);

    /// <summary>Zeros in tokens [first, end).</summary>
    public void Clear(long sequence, long head, long first, long end, int width)
    {
        for (var token = first; token < end; token++) FloatRows.Clear(At(sequence, head, token), width);
    }
}

/// <summary>
/// What forward and backward of attention share. Scores exist for one block of queries and keys at a time, in memory of the thread
/// that works on it; the cut into blocks depends on the shape and on where packed documents begin, so that the bits are equal for any
/// thread count.
/// </summary>
internal unsafe struct AttentionSpace
{
    /// <summary>Sides of a block: 64 KiB of scores.</summary>
    public const int QueryBlock = 64, KeyBlock = 256;
    private const int Slack = 64, BlockFloats = QueryBlock * KeyBlock + Slack;

    public AttentionTerms Terms;
    public HeadPlace Queries, Keys, Values, Outputs;
    public int* Mask;
    public nint Multiplier;
    public float* Scratch;
    public long ThreadFloats;

    public static long ScratchFloats(long rowNumbers) => 2 * BlockFloats + (rowNumbers + Slack) / 16 * 16;

    public readonly long QueryBlocks => (Terms.Queries + QueryBlock - 1) / QueryBlock;

    /// <summary>[QueryBlock, KeyBlock] of a thread.</summary>
    public readonly float* Scores(int thread) => Scratch + thread * ThreadFloats;
    public readonly float* ScoreGradients(int thread) => Scores(thread) + BlockFloats;
    public readonly float* RowNumbers(int thread) => Scores(thread) + 2 * BlockFloats;

    public readonly long KeyHead(long head) => head / (Terms.Heads / Terms.KeyHeads);

    /// <summary>Keys that any query of a block may see; of packed documents, from the first key of one of theirs on.</summary>
    public readonly (long First, long End) VisibleTo(long sequence, long query, int rows)
    {
        var (first, end) = (Terms.VisibleTo(query).First, Terms.VisibleTo(query + rows - 1).End);
        if (!Terms.Packed) return (first, end);
        var documents = Mask + sequence * Terms.Keys;
        var own = new ReadOnlySpan<int>(documents + Terms.Keys - Terms.Queries + query, rows);
        while (first < end && !own.Contains(documents[first])) first++;
        return (first, end);
    }

    public readonly void Multiply(int thread, long m, long n, long k, Operand a, Operand b, float* c, long strideC, bool accumulate) =>
        MatrixMultiplier.From(Multiplier).MultiplyHere(new Product(m, n, k, a, b, c, strideC, accumulate), thread);

    /// <summary>
    /// What the products of one query are taken times before their exponential; they are rewritten where there is a cap or a mask.
    /// </summary>
    /// <param name="sequence">Of the batch.</param>
    /// <param name="query">Which query.</param>
    /// <param name="key">The first key.</param>
    /// <param name="scores">Its products with count keys.</param>
    /// <param name="count">Keys.</param>
    public readonly float Prepare(long sequence, long query, long key, float* scores, long count)
    {
        var scale = (float)Terms.Scale;
        if (Terms.Softcap > 0)
        {
            ScoreRows.Cap(scores, count, scale, (float)Terms.Softcap);
            scale = 1;
        }
        if (Mask != null)
        {
            var mask = Mask + sequence * Terms.Keys;
            ScoreRows.Hide(scores, count, mask + key, Terms.Packed ? mask[query + Terms.Keys - Terms.Queries] : 0, Terms.Packed);
        }
        return scale;
    }
}
