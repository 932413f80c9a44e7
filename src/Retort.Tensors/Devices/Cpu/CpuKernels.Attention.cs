namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Attention(in AttentionTerms terms, in AttentionBuffers buffers)
    {
        var forward = new AttentionForward { Space = Space(terms, buffers, 0), LogSums = Floats(buffers.LogSums) };
        _pool.For(terms.Batch * terms.Heads * forward.Space.QueryBlocks, forward);
    }

    public override void AttentionOfEach(ReadOnlySpan<AttentionTerms> terms, ReadOnlySpan<AttentionBuffers> buffers)
    {
        var parts = new AttentionForward[terms.Length];
        var ends = new long[terms.Length];
        var chunks = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new AttentionForward { Space = Space(terms[i], buffers[i], 0), LogSums = Floats(buffers[i].LogSums) };
            ends[i] = chunks += terms[i].Batch * terms[i].Heads * parts[i].Space.QueryBlocks;
        }
        fixed (AttentionForward* part = parts)
        fixed (long* end = ends)
            _pool.For(chunks, new AttentionForwards { Parts = part, Ends = end });
    }

    public override void AttentionBackward(in AttentionTerms terms, in AttentionBuffers buffers, in AttentionGradients gradients)
    {
        var backward = new AttentionBackward
        {
            Space = Space(terms, buffers, terms.Heads / terms.KeyHeads * terms.Queries), LogSums = Floats(buffers.LogSums),
            OutputGradient = new HeadPlace(gradients.Outputs), QueryGradient = new HeadPlace(gradients.Queries),
                KeyGradient = new HeadPlace(gradients.Keys),
            ValueGradient = new HeadPlace(gradients.Values), AccumulateQueries = gradients.AccumulateQueries,
                AccumulateKeys = gradients.AccumulateKeys,
            AccumulateValues = gradients.AccumulateValues,
        };
        _pool.For(terms.Batch * terms.KeyHeads, backward);
    }

    /// <param name="terms">Sizes.</param>
    /// <param name="buffers">Memory.</param>
    /// <param name="rowNumbers">Numbers of its own that a thread needs beside the scores.</param>
    private AttentionSpace Space(in AttentionTerms terms, in AttentionBuffers buffers, long rowNumbers)
    {
        var floats = AttentionSpace.ScratchFloats(rowNumbers);
        return new AttentionSpace
        {
            Terms = terms, Queries = new HeadPlace(buffers.Queries), Keys = new HeadPlace(buffers.Keys),
                Values = new HeadPlace(buffers.Values),
            Outputs = new HeadPlace(buffers.Outputs), Mask = Integers(buffers.KeyMask), Multiplier = _multiplier.Handle,
            Scratch = _scores.Floats(floats * _pool.Threads), ThreadFloats = floats,
        };
    }
}
