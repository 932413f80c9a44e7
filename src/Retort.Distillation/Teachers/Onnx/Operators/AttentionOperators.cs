using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Scaled dot-product attention (Vaswani et al. 2017) with grouped heads, a cache, masks and capped scores.</summary>
internal static class AttentionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Attention"] = Attention,
    };

    /// <summary>Domain ai.onnx.preview.</summary>
    public static IReadOnlyDictionary<string, OnnxOperator> Preview { get; } = new Dictionary<string, OnnxOperator>
    {
        ["FlexAttention"] = call => [Flexible(call)],
    };

    /// <summary>[batch, length, heads · size] as [batch, heads, length, size].</summary>
    public static OnnxArray SplitHeads(OnnxArray x, int heads) =>
        ShapeOperators.Transpose(x.Reshaped(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads), 0, 2, 1, 3);

    /// <summary>[batch, heads, length, size] as [batch, length, heads · size].</summary>
    public static OnnxArray JoinHeads(OnnxArray x) =>
        ShapeOperators.Transpose(x, 0, 2, 1, 3).Reshaped(x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]);

    /// <summary>Every head several times in a row, for the queries that share it.</summary>
    public static OnnxArray Repeated(OnnxArray x, int times)
    {
        if (times == 1) return x;
        var each = x.Reshaped(x.Shape[0], x.Shape[1], 1, x.Shape[2], x.Shape[3]);
        return ShapeOperators.Expand(each, [x.Shape[0], x.Shape[1], times, x.Shape[2], x.Shape[3]])
            .Reshaped(x.Shape[0], x.Shape[1] * times, x.Shape[2], x.Shape[3]);
    }

    /// <summary>A new array of a narrow float type, rounded to what that type can hold.</summary>
    public static OnnxArray Rounded(OnnxArray fresh)
    {
        if (fresh is OnnxArray<float> floats) Numbers.RoundTo(fresh.Type, floats.Data);
        return fresh;
    }

    public static OnnxArray Times(OnnxArray x, double factor) =>
        Elementwise.Combine<Multiplication>(x, CastOperators.Cast(OnnxArray.Of([], [(float)factor]), x.Type));

    private static OnnxValue?[] Attention(OperatorCall call)
    {
        var (query, key, value) = (call.Array(0), call.Array(1), call.Array(2));
        var isFlat = query.Rank == 3;
        if (isFlat)
        {
            var heads = (int)call.Int("kv_num_heads", 1);
            (query, key, value) = (SplitHeads(query, (int)call.Int("q_num_heads", 1)), SplitHeads(key, heads), SplitHeads(value, heads));
        }
        if (call.Optional(4) is { } pastKey) key = ShapeOperators.Concat([pastKey, key], 2);
        if (call.Optional(5) is { } pastValue) value = ShapeOperators.Concat([pastValue, value], 2);
        var (present, presentValue) = (key, value);
        var groups = query.Shape[1] / key.Shape[1];
        (key, value) = (Repeated(key, groups), Repeated(value, groups));
        // both sides take the root of the scale, so that narrow floats stay in range
        var root = Math.Sqrt(call.Float("scale", (float)(1 / Math.Sqrt(query.Shape[3]))));
        var scores = Rounded(ProductOperators.MatMul(call.Engine, Rounded(Times(query, root)),
            ShapeOperators.Transpose(Rounded(Times(key, root)), 0, 1, 3, 2)));
        var mode = call.Int("qk_matmul_output_mode", 0);
        var shown = scores;
        if (call.Float("softcap", 0) is > 0 and var cap) scores = Rounded(Times(ActivationOperators.Tanh(Times(scores, 1 / cap)), cap));
        if (mode == 1) shown = scores;
        if (Bias(call, scores.Shape) is { } bias)
            scores = Rounded(Elementwise.Combine<Addition>(scores, CastOperators.Cast(bias, scores.Type)));
        if (mode == 2) shown = scores;
        var weights = SoftmaxOperators.Softmax(scores);
        if (mode == 3) shown = weights;
        var y = ProductOperators.MatMul(call.Engine, weights, value);
        return [isFlat ? JoinHeads(y) : y, present, presentValue, shown];
    }

    /// <summary>Bodies of the node change scores and weights.</summary>
    private static OnnxArray Flexible(OperatorCall call)
    {
        var (query, key, value) = (call.Array(0), call.Array(1), call.Array(2));
        var groups = query.Shape[1] / key.Shape[1];
        (key, value) = (Repeated(key, groups), Repeated(value, groups));
        var scores = ProductOperators.MatMul(call.Engine, query, ShapeOperators.Transpose(key, 0, 1, 3, 2));
        scores = Rounded(Times(scores, call.Float("scale", (float)(1 / Math.Sqrt(query.Shape[3])))));
        scores = Changed(call, "mask_mod", Changed(call, "score_mod", scores));
        var weights = Changed(call, "prob_mod", SoftmaxOperators.Softmax(scores));
        return ProductOperators.MatMul(call.Engine, weights, value);
    }

    private static OnnxArray Changed(OperatorCall call, string body, OnnxArray x) => !call.HasAttribute(body) ? x
        : call.Run(body, [x])[0] as OnnxArray ?? throw call.Refuse($"the body '{body}' gives no array");

    /// <summary>0 where a key may be seen and −∞ where not, plus the numbers of the mask; null where all is seen.</summary>
    /// <param name="call">Its mask (3), cache (4) and lengths without padding (6).</param>
    /// <param name="shape">[batch, heads, queries, keys]</param>
    private static OnnxArray? Bias(OperatorCall call, int[] shape)
    {
        var (mask, lengths) = (call.Optional(3), call.Optional(6)?.Longs());
        var isCausal = call.Int("is_causal", 0) == 1;
        if (mask is null && lengths is null && !isCausal) return null;
        var (queries, keys) = (shape[2], shape[3]);
        var batches = lengths is not null || mask is { Rank: 4 } ? shape[0] : 1;
        var heads = mask is { Rank: >= 3 } ? mask.Shape[^3] : 1;
        var given = mask is null ? null : Added(mask);
        var strides = mask is null ? [0, 0, 0, 0] : Extents.BroadcastStrides(mask.Shape, 4);
        var known = mask?.Shape[^1] ?? keys;
        var bias = new float[batches * heads * queries * keys];
        for (int at = 0, row = 0; at < bias.Length; at += keys, row++)
        {
            var (query, head, batch) = (row % queries, row / queries % heads, row / queries / heads);
            var from = batch * strides[0] + head * strides[1] + query * strides[2];
            // the queries are the last of the keys: before them lies the cache
            var before = call.Optional(4)?.Shape[2] ?? (lengths is null ? 0 : lengths[batch] - queries);
            for (var i = 0; i < keys; i++)
            {
                var isSeen = i < known && (lengths is null || i < lengths[batch]) && (!isCausal || i <= query + before);
                bias[at + i] = isSeen ? given is null ? 0 : given[from + i] : float.NegativeInfinity;
            }
        }
        return OnnxArray.Of([batches, heads, queries, keys], bias);
    }

    private static float[] Added(OnnxArray mask) => mask.Type == OnnxType.Bool
        ? Array.ConvertAll(mask.Bools(), isSeen => isSeen ? 0 : float.NegativeInfinity) : mask.Floats();
}
