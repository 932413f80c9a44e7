using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>
/// softmax(scale · Q · Kᵀ) of each head, written out: what <see cref="AttentionOperation"/> sums values with and never keeps. For looking
/// at, and for objectives that compare it; memory grows with the square of the tokens.
/// </summary>
public static class AttentionProbabilitiesOperation
{
    private const double Hidden = -1e30; // beside any score e^this is 0; where nothing is seen all shares are equal

    /// <param name="step">The running step.</param>
    /// <param name="queries">[batch, queries, heads, width]</param>
    /// <param name="keys">[batch, keys, keyHeads, width]</param>
    /// <param name="options">Which keys are seen; all that are there.</param>
    /// <returns>[batch, heads, queries, keys]</returns>
    public static Tensor AttentionProbabilities(this Step step, Tensor queries, Tensor keys, AttentionOptions options = default)
    {
        var (q, k) = (queries.Shape, keys.Shape);
        if (q.Rank != 4 || k.Rank != 4 || q[0] != k[0] || q[3] != k[3] || options.Keys != 0)
            throw new RetortException("AttentionProbabilities", $"queries {q}, keys {k}.", "[batch, tokens, heads, width] each.");
        var terms = AttentionOperation.Terms(options, q[0], q[1], k[1], (int)q[2], (int)k[2], (int)q[3]);
        AttentionOperation.Check(terms, options.KeyMask);
        long group = terms.Heads / terms.KeyHeads;
        var asking = step.Reshape(step.Permute(queries, 0, 2, 1, 3), new Shape(q[0], k[2], group, q[1], q[3]));
        var asked = step.Reshape(step.Permute(keys, 0, 2, 1, 3), new Shape(k[0], k[2], 1, k[1], k[3]));
        var scores = step.Scale(step.MatMul(asking, asked, transposeB: true), terms.Scale);
        if (terms.Softcap > 0) scores = step.Scale(step.Apply(Unary.Tanh, step.Scale(scores, 1 / terms.Softcap)), terms.Softcap);
        scores = step.Add(step.Reshape(scores, new Shape(q[0], q[2], q[1], k[1])), Unseen(step, terms, options.KeyMask));
        return step.Softmax(scores);
    }

    /// <returns>[batch or 1, 1, queries, keys]: 0 where a key is seen.</returns>
    private static Tensor Unseen(Step step, in AttentionTerms terms, Tensor? mask)
    {
        var rows = mask is null ? 1 : terms.Batch;
        var documents = new int[mask is null ? 0 : rows * terms.Keys];
        if (mask is { } given) step.Device.Read(given, documents);
        var values = new double[rows * terms.Queries * terms.Keys];
        Array.Fill(values, Hidden);
        for (var row = 0L; row < rows; row++)
            for (var query = 0L; query < terms.Queries; query++)
            {
                var (first, end) = terms.VisibleTo(query);
                var own = terms.Packed ? documents[row * terms.Keys + query + terms.Keys - terms.Queries] : 0;
                for (var key = first; key < end; key++)
                {
                    var document = mask is null ? 1 : documents[row * terms.Keys + key];
                    if (document != 0 && (!terms.Packed || document == own)) values[(row * terms.Queries + query) * terms.Keys + key] = 0;
                }
            }
        return step.Constant(new Shape(rows, 1, terms.Queries, terms.Keys), values.AsSpan());
    }
}
