using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Which keys a query sees, and how scores are made. Query t stands at position t + keys − queries among the keys.</summary>
/// <param name="Causal">No key behind the query's position.</param>
/// <param name="Window">Only keys less than so many positions away (before it; when not causal, behind it too); 0 = all.</param>
/// <param name="Softcap">Scaled scores become cap·tanh(score/cap) (Gemma 2, 2024); 0 = they stay.</param>
/// <param name="Scale">Of the products; null = 1/√width.</param>
/// <param name="KeyMask">[batch, keys] int32; 0 = nobody sees this key.</param>
/// <param name="Packed">The key mask numbers documents that share a row, and a query sees only its own.</param>
/// <param name="Keys">Only the first so many keys exist, as in a cache with room for more; 0 = all. Not for training.</param>
public readonly record struct AttentionOptions(bool Causal = false, long Window = 0, double Softcap = 0, double? Scale = null,
    Tensor? KeyMask = null, bool Packed = false, long Keys = 0);

/// <summary>
/// softmax(scale · Q · Kᵀ) · V for each head (Vaswani et al. 2017), with the softmax of a row made while blocks of keys stream by
/// (Milakov and Gimelshein 2018; Dao et al. 2022): memory grows with tokens, not with their square.
/// </summary>
public static class AttentionOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="queries">[batch, queries, heads, width]</param>
    /// <param name="keys">[batch, keys, keyHeads, width]; heads is a multiple of keyHeads, and neighbouring heads share one.</param>
    /// <param name="values">As the keys.</param>
    /// <param name="options">Which keys are seen.</param>
    /// <returns>[batch, queries, heads, width]; zeros where a query sees no key.</returns>
    public static Tensor Attention(this Step step, Tensor queries, Tensor keys, Tensor values, AttentionOptions options = default)
    {
        var (q, k) = (queries.Shape, keys.Shape);
        if (q.Rank != 4 || k.Rank != 4 || values.Shape != k || q[0] != k[0] || q[3] != k[3])
            throw new RetortException("Attention", $"queries {q}, keys {k}, values {values.Shape}.",
                "[batch, tokens, heads, width] each, keys and values alike.");
        var given = options.Keys == 0 ? k[1] : options.Keys;
        if (given < 0 || given > k[1] || (given < k[1] && (step.Needs(queries) || step.Needs(keys) || step.Needs(values))))
            throw new RetortException("Attention", $"the first {given} of {k[1]} keys.", "no more than there are, and all in training.");
        var terms = Terms(options, q[0], q[1], given, (int)q[2], (int)k[2], (int)q[3]);
        return Attention(step, terms, options.KeyMask, new Heads(queries, 0, terms.Width), new Heads(keys, 0, terms.Width),
            new Heads(values, 0, terms.Width), q, joined: false);
    }

    /// <summary>Queries, keys and values side by side, as one linear layer makes them; they are read in place.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="joined">[batch, tokens, (heads + 2·keyHeads)·width]</param>
    /// <param name="heads">Of the queries.</param>
    /// <param name="keyHeads">Of the keys, and of the values.</param>
    /// <param name="options">Which keys are seen.</param>
    /// <returns>[batch, tokens, heads·width]</returns>
    public static Tensor Attention(this Step step, Tensor joined, int heads, int keyHeads, AttentionOptions options = default)
    {
        var shape = joined.Shape;
        if (heads < 1 || keyHeads < 1 || shape.Rank != 3 || shape[2] % (heads + 2 * keyHeads) != 0 || options.Keys != 0)
            throw new RetortException("Attention", $"{shape} as {heads} heads of queries and {keyHeads} of keys and of values.",
                "[batch, tokens, (heads + 2·keyHeads)·width].");
        var width = (int)(shape[2] / (heads + 2 * keyHeads));
        var terms = Terms(options, shape[0], shape[1], shape[1], heads, keyHeads, width);
        return Attention(step, terms, options.KeyMask, new Heads(joined, 0, width), new Heads(joined, heads * width, width),
            new Heads(joined, (heads + keyHeads) * width, width),
            new Shape(shape[0], shape[1], heads * width), joined: true);
    }

    private static Tensor Attention(Step step, in AttentionTerms terms, Tensor? mask, in Heads q, in Heads k, in Heads v, Shape shape,
        bool joined)
    {
        Check(terms, mask);
        var needed = step.Needs(q.Tensor) || step.Needs(k.Tensor) || step.Needs(v.Tensor);
        var y = step.Allocate(shape);
        var logSums = needed ? step.Allocate(new Shape(terms.Batch, terms.Heads, terms.Queries)).Storage : default;
        var node = new Node(terms, mask, q, k, v, new Heads(y, 0, terms.Width), logSums, joined);
        step.Device.Kernels.Attention(terms, node.Buffers);
        return needed ? step.Record(y, node) : y;
    }

    internal static AttentionTerms Terms(in AttentionOptions options, long batch, long queries, long keys, int heads, int keyHeads,
        int width) =>
        new(batch, queries, keys, heads, keyHeads, width, options.Scale
            ?? 1 / Math.Sqrt(Math.Max(1, width)), options.Softcap, options.Causal, options.Window, options.Packed);

    internal static void Check(in AttentionTerms terms, Tensor? mask)
    {
        if (terms.KeyHeads == 0 || terms.Heads % terms.KeyHeads != 0) throw new RetortException("Attention",
            $"{terms.Heads} heads of queries on {terms.KeyHeads} of keys.", "a multiple.");
        if (!(terms.Scale > 0)
            || !double.IsFinite(terms.Scale)) throw new RetortException("Attention", $"scale {terms.Scale}.", "a finite scale above 0.");
        if (!(terms.Softcap >= 0) || terms.Window < 0) throw new RetortException("Attention",
            $"softcap {terms.Softcap}, window {terms.Window}.", "0 for none, or more.");
        if (mask is { } given && (given.DataType != DataType.Int32 || given.Shape != new Shape(terms.Batch, terms.Keys)))
            throw new RetortException("Attention", $"a key mask {given.Shape} ({given.DataType}).",
                $"[{terms.Batch}, {terms.Keys}] of Int32.");
        if (terms.Packed && (mask is null || terms.Queries > terms.Keys)) throw new RetortException("Attention",
            "packed documents without a mask that numbers each query's.", "a key mask, and no more queries than keys.");
    }

    /// <summary>Heads of a width that begin at an element of each token of a tensor [batch, tokens, …].</summary>
    private readonly record struct Heads(Tensor Tensor, long Start, int Width)
    {
        /// <summary>The same places in memory that is laid out like the tensor: its own, or its gradient's.</summary>
        public HeadView In(Storage memory)
        {
            var token = Tensor.Shape.CountOf(2, Tensor.Shape.Rank);
            var start = Math.Min(Start, memory.Length);
            return new HeadView(memory.Slice(start, memory.Length - start), Tensor.Shape[1] * token, token, Width);
        }

        public HeadView In(HeadView gradient) => gradient.Memory.Length == 0 ? default : In(gradient.Memory);
    }

    private readonly struct Node(AttentionTerms terms, Tensor? mask, Heads q, Heads k, Heads v, Heads y, Storage logSums, bool joined)
        : ITapeNode
    {
        /// <summary>Refused when something was written over an input or the output since.</summary>
        public AttentionBuffers Buffers => new(q.In(q.Tensor.Storage), k.In(k.Tensor.Storage), v.In(v.Tensor.Storage), mask?.Storage
            ?? default, y.In(y.Tensor.Storage), logSums);

        public void Backward(BackwardPass pass, Tensor gradient)
        {
            // One tensor may stand in two places: then both add to what is there, so that neither is lost.
            var repeated = !joined && (Same(q, k) || Same(k, v) || Same(v, q));
            var (dq, accumulateQ) = Target(pass, q, repeated);
            var (dk, accumulateK) = joined ? (k.In(dq), accumulateQ) : Target(pass, k, repeated);
            var (dv, accumulateV) = joined ? (v.In(dq), accumulateQ) : Target(pass, v, repeated);
            pass.Kernels.AttentionBackward(terms, Buffers,
                new AttentionGradients(y.In(gradient.Storage), dq, accumulateQ, dk, accumulateK, dv, accumulateV));
        }

        private static bool Same(in Heads left, in Heads right) =>
            left.Tensor.Node == right.Tensor.Node && left.Tensor.Storage == right.Tensor.Storage;

        private static (HeadView View, bool Accumulate) Target(BackwardPass pass, in Heads heads, bool cleared)
        {
            var accumulate = true;
            if (!(cleared
                ? pass.TryAccumulator(heads.Tensor, out var target)
                : pass.TryTarget(heads.Tensor, out target, out accumulate))) return default;
            return (heads.In(target), accumulate);
        }
    }
}
