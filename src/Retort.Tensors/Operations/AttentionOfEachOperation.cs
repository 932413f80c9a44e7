using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Where one of several sequences stands.</summary>
/// <param name="Queries">Its tokens among all that are asked for.</param>
/// <param name="Keys">[1, room, keyHeads, width]</param>
/// <param name="Values">As the keys.</param>
/// <param name="Known">The first so many keys exist; the last of them are those of its queries.</param>
public readonly record struct SequenceKeys(long Queries, Tensor Keys, Tensor Values, long Known);

/// <summary>
/// <see cref="AttentionOperation"/> of sequences of any length, one behind the other, each over keys of its own: all of them are one job,
/// where each alone would be too small for the device. For evaluation.
/// </summary>
public static class AttentionOfEachOperation
{
    /// <param name="step">The running step, which does not record.</param>
    /// <param name="queries">[1, tokens of all sequences, heads, width]</param>
    /// <param name="sequences">In their order.</param>
    /// <param name="options">Which keys are seen; without a mask.</param>
    /// <returns>As the queries.</returns>
    public static Tensor AttentionOfEach(this Step step, Tensor queries, IReadOnlyList<SequenceKeys> sequences, AttentionOptions options)
    {
        var q = queries.Shape;
        if (q.Rank != 4 || q[0] != 1 || sequences.Sum(one => one.Queries) != q[1] || step.Recording || options.KeyMask is not null)
            throw new RetortException("AttentionOfEach",
                $"queries {q} of sequences with {string.Join(", ", sequences.Select(one => one.Queries))} tokens.",
                "[1, all tokens, heads, width], no mask, and a step that does not train.");
        var y = step.Allocate(q);
        var terms = new AttentionTerms[sequences.Count];
        var buffers = new AttentionBuffers[sequences.Count];
        var first = 0L;
        for (var i = 0; i < terms.Length; i++)
        {
            var (count, keys, values, known) = sequences[i];
            var k = keys.Shape;
            if (k.Rank != 4 || values.Shape != k || k[0] != 1 || k[3] != q[3] || known > k[1] || count > known)
                throw new RetortException("AttentionOfEach", $"{count} queries, the first {known} of keys {k}, values {values.Shape}.",
                    "[1, room, keyHeads, width] of keys and values, with room for the queries' own.");
            terms[i] = AttentionOperation.Terms(options, 1, count, known, (int)q[2], (int)k[2], (int)q[3]);
            AttentionOperation.Check(terms[i], null);
            buffers[i] = new AttentionBuffers(View(queries, first), View(keys, 0), View(values, 0), default, View(y, first), default);
            first += count;
        }
        step.Device.Kernels.AttentionOfEach(terms, buffers);
        return y;
    }

    /// <summary>Heads from a token on.</summary>
    private static HeadView View(Tensor heads, long first)
    {
        long width = heads.Shape[3], token = heads.Shape[2] * width;
        return new HeadView(heads.Storage.Slice(first * token, (heads.Shape[1] - first) * token), heads.Shape[1] * token, token, width);
    }
}
