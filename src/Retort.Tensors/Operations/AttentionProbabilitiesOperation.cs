using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>
/// softmax(scale · Q · Kᵀ) of each head, written out: what <see cref="AttentionOperation"/> sums values with and never keeps. For looking
/// at, and for objectives that compare it; memory grows with the square of the tokens.
/// </summary>
public static class AttentionProbabilitiesOperation
{
    private const double Hidden = -1e30; // beside any score e^this is 0
    private const int Piece = 128;

    /// <param name="step">The running step.</param>
    /// <param name="queries">[batch, queries, heads, width]</param>
    /// <param name="keys">[batch, keys, keyHeads, width]</param>
    /// <param name="options">Which keys are seen; all that are there.</param>
    /// <returns>[batch, heads, queries, keys]; zeros where a query sees no key.</returns>
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
        scores = step.Reshape(scores, new Shape(q[0], q[2], q[1], k[1]));
        var seen = Seen(step, terms, options.KeyMask);
        var hidden = step.Scale(step.Subtract(seen, step.Constant(new Shape(), [1.0])), -Hidden);
        return step.Multiply(step.Softmax(step.Add(scores, hidden)), seen);
    }

    /// <returns>[batch or 1, 1, queries, keys]: 1 where a key is seen, else 0.</returns>
    private static Tensor Seen(Step step, in AttentionTerms terms, Tensor? mask)
    {
        var rows = mask is null ? 1 : terms.Batch;
        var seen = step.Allocate(new Shape(rows, 1, terms.Queries, terms.Keys));
        Span<double> values = stackalloc double[Piece];
        Span<int> documents = stackalloc int[Piece];
        for (var row = 0L; row < rows; row++)
            for (var query = 0L; query < terms.Queries; query++)
            {
                var (first, end) = terms.VisibleTo(query);
                var own = terms.Packed && mask is { } all
                    ? Number(step, all, row * terms.Keys + query + terms.Keys - terms.Queries)
                    : 0;
                for (var key = 0L; key < terms.Keys; key += Piece)
                {
                    var count = (int)Math.Min(Piece, terms.Keys - key);
                    documents[..count].Fill(1);
                    if (mask is { } given) step.Device.Read(given.Part(row * terms.Keys + key, new Shape(count)), documents[..count]);
                    for (var i = 0; i < count; i++)
                    {
                        var mine = documents[i] != 0 && (!terms.Packed || documents[i] == own);
                        values[i] = mine && key + i >= first && key + i < end ? 1 : 0;
                    }
                    step.Device.Write(seen.Part((row * terms.Queries + query) * terms.Keys + key, new Shape(count)), values[..count]);
                }
            }
        return seen;
    }

    private static int Number(Step step, Tensor mask, long element)
    {
        Span<int> number = stackalloc int[1];
        step.Device.Read(mask.Part(element, new Shape(1)), number);
        return number[0];
    }
}
