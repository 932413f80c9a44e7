namespace Retort.Tensors.Devices.Reference;

/// <summary>Attention: one query at a time.</summary>
internal sealed partial class ReferenceKernels
{
    public override void Attention(in AttentionTerms terms, in AttentionBuffers buffers)
    {
        for (var asked = 0L; asked < terms.Batch * terms.Heads * terms.Queries; asked++)
        {
            var (sequence, head, query) = Asked(terms, asked);
            var scores = Scores(terms, buffers, sequence, head, query);
            var (weights, logSum) = Weights(scores);
            if (buffers.LogSums.Length > 0) Reals(buffers.LogSums)[(int)asked] = logSum;
            var output = Head(buffers.Outputs, sequence, query, head, terms.Width);
            output.Clear();
            for (var key = 0; key < terms.Keys; key++)
            {
                if (weights[key] == 0) continue;
                var value = Head(buffers.Values, sequence, key, KeyHead(terms, head), terms.Width);
                for (var i = 0; i < terms.Width; i++) output[i] += weights[key] * value[i];
            }
        }
    }

    public override void AttentionBackward(in AttentionTerms terms, in AttentionBuffers buffers, in AttentionGradients gradients)
    {
        if (!gradients.AccumulateQueries) Clear(gradients.Queries, terms.Batch, terms.Queries, terms.Heads, terms.Width);
        if (!gradients.AccumulateKeys) Clear(gradients.Keys, terms.Batch, terms.Keys, terms.KeyHeads, terms.Width);
        if (!gradients.AccumulateValues) Clear(gradients.Values, terms.Batch, terms.Keys, terms.KeyHeads, terms.Width);
        for (var asked = 0L; asked < terms.Batch * terms.Heads * terms.Queries; asked++)
        {
            var (sequence, head, query) = Asked(terms, asked);
            var other = KeyHead(terms, head);
            var scores = Scores(terms, buffers, sequence, head, query);
            var weights = Weights(scores).Weights;
            Span<double> upstream = Head(gradients.Outputs, sequence, query, head, terms.Width),
                asking = Head(buffers.Queries, sequence, query, head, terms.Width);
            var mean = 0.0;
            var pulls = new double[terms.Keys]; // ∂L/∂weight
            for (var key = 0; key < terms.Keys; key++)
            {
                pulls[key] = Dot(upstream, Head(buffers.Values, sequence, key, other, terms.Width));
                if (weights[key] != 0) mean += weights[key] * pulls[key];
            }
            for (var key = 0; key < terms.Keys; key++)
            {
                if (weights[key] == 0) continue;
                var slope = terms.Scale * (terms.Softcap > 0 ? 1 - Math.Pow(scores[key] / terms.Softcap, 2) : 1);
                var pull = weights[key] * (pulls[key] - mean) * slope; // ∂L/∂(query · key)
                Span<double> dq = Head(gradients.Queries, sequence, query, head, terms.Width),
                    dk = Head(gradients.Keys, sequence, key, other, terms.Width);
                Span<double> dv = Head(gradients.Values, sequence, key, other, terms.Width),
                    answering = Head(buffers.Keys, sequence, key, other, terms.Width);
                for (var i = 0; i < terms.Width; i++)
                {
                    if (dq.Length > 0) dq[i] += pull * answering[i];
                    if (dk.Length > 0) dk[i] += pull * asking[i];
                    if (dv.Length > 0) dv[i] += weights[key] * upstream[i];
                }
            }
        }
    }

    private static (long Sequence, long Head, long Query) Asked(in AttentionTerms terms, long index) =>
        (index / terms.Queries / terms.Heads, index / terms.Queries % terms.Heads, index % terms.Queries);

    private static long KeyHead(in AttentionTerms terms, long head) => head / (terms.Heads / terms.KeyHeads);

    private static Span<double> Head(in HeadView view, long sequence, long token, long head, int width) =>
        view.Memory.Length == 0
            ? []
            : Reals(view.Memory).Slice((int)(sequence * view.Sequence + token * view.Token + head * view.Head), width);

    private static void Clear(in HeadView view, long batch, long tokens, long heads, int width)
    {
        for (var i = 0L; i < batch * tokens * heads; i++) Head(view, i / heads / tokens, i / heads % tokens, i % heads, width).Clear();
    }

    /// <summary>−∞ where a key is not seen.</summary>
    private static double[] Scores(in AttentionTerms terms, in AttentionBuffers buffers, long sequence, long head, long query)
    {
        var scores = new double[terms.Keys];
        Array.Fill(scores, double.NegativeInfinity);
        var mask = Integers(buffers.KeyMask);
        var (first, end) = terms.VisibleTo(query);
        for (var key = first; key < end; key++)
        {
            if (mask.Length > 0)
            {
                var document = mask[(int)(sequence * terms.Keys + key)];
                if (document == 0
                    || (terms.Packed && document != mask[(int)(sequence * terms.Keys + query + terms.Keys - terms.Queries)])) continue;
            }
            var score = terms.Scale * Dot(Head(buffers.Queries, sequence, query, head, terms.Width),
                Head(buffers.Keys, sequence, key, KeyHead(terms, head), terms.Width));
            scores[key] = terms.Softcap > 0 ? terms.Softcap * Math.Tanh(score / terms.Softcap) : score;
        }
        return scores;
    }

    private static (double[] Weights, double LogSum) Weights(double[] scores)
    {
        var largest = double.NegativeInfinity;
        foreach (var score in scores) largest = Math.Max(largest, score); // Math.Max keeps NaN
        if (double.IsNegativeInfinity(largest)) return (new double[scores.Length], double.PositiveInfinity);
        var sum = scores.Sum(score => Math.Exp(score - largest));
        return ([.. scores.Select(score => Math.Exp(score - largest) / sum)], largest + Math.Log(sum));
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }
}
