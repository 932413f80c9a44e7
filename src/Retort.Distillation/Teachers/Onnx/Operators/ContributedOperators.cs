using System.Numerics.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>
/// Fused transformer operators of the domain com.microsoft, which ONNX Runtime's optimiser writes into exported language models
/// (docs/ContribOperators.md of microsoft/onnxruntime).
/// </summary>
internal static class ContributedOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["EmbedLayerNormalization"] = Embed,
        ["SkipLayerNormalization"] = Skip,
        ["FastGelu"] = call => [ActivationOperators.Gelu(call.Optional(1) is { } bias
            ? Elementwise.Combine<Addition>(call.Array(0), bias) : call.Array(0), approximate: true)],
        ["Gelu"] = call => [ActivationOperators.Gelu(call.Array(0), approximate: false)],
        ["BiasGelu"] = call => [ActivationOperators.Gelu(Elementwise.Combine<Addition>(call.Array(0), call.Array(1)), approximate: false)],
        ["Attention"] = Attend,
    };

    /// <summary>Layer norm of word + position + segment embeddings; then the words of each row, and the sum before the norm.</summary>
    private static OnnxValue?[] Embed(OperatorCall call)
    {
        var (ids, table, positions) = (call.Array(0), call.Array(2), call.Array(3));
        var (batch, tokens, width) = (ids.Shape[0], ids.Shape[1], table.Shape[1]);
        var sum = SelectionOperators.Gather(table, ids, 0);
        var places = call.Optional(8) ?? OnnxArray.Of([1, tokens], [.. Enumerable.Range(0, tokens)]);
        sum = Elementwise.Combine<Addition>(sum, SelectionOperators.Gather(positions, places, 0));
        if (call.Optional(1) is { } segments)
            sum = Elementwise.Combine<Addition>(sum, SelectionOperators.Gather(call.Array(4), segments, 0));
        var mask = call.Optional(7)?.Longs();
        var words = new int[batch];
        for (var i = 0; mask is not null && i < mask.Length; i++) words[i / tokens] += mask[i] != 0 ? 1 : 0;
        var normal = NormalizationOperators.LayerRows(call.Engine, sum, call.Array(5), call.Array(6), (batch * tokens, width),
            call.Float("epsilon", 1e-12f));
        return [normal.Y, OnnxArray.Of([batch], words), sum];
    }

    /// <summary>Layer norm of input + skip + bias; then mean, inverse deviation, and the sum itself.</summary>
    private static OnnxValue?[] Skip(OperatorCall call)
    {
        var sum = Elementwise.Combine<Addition>(call.Array(0), call.Array(1));
        if (call.Optional(4) is { } bias) sum = Elementwise.Combine<Addition>(sum, bias);
        var width = sum.Shape[^1];
        var normal = NormalizationOperators.LayerRows(call.Engine, sum, call.Array(2), call.Optional(3),
            (sum.Count / Math.Max(1, width), width),
            call.Float("epsilon", 1e-12f));
        int[] each = [.. sum.Shape[..^1], 1];
        return [normal.Y, OnnxArray.Of(each, normal.Mean), OnnxArray.Of(each, normal.Deviation), sum];
    }

    /// <summary>Queries, keys and values by one product, heads over past and new keys; then the keys and values of both.</summary>
    private static OnnxValue?[] Attend(OperatorCall call)
    {
        var (x, weight) = (call.Array(0), call.Array(1));
        if (call.Has(5) || call.Has(6) || call.HasAttribute("qkv_hidden_sizes") || call.Int("do_rotary", 0) != 0)
            throw call.Refuse("a bias of scores, a shared past buffer, unequal sizes or rotation", "plain attention.");
        var (batch, tokens, heads) = (x.Shape[0], x.Shape[1], (int)call.Int("num_heads", 0));
        var hidden = weight.Shape[1] / 3;
        if (heads < 1 || hidden % heads != 0) throw call.Refuse($"{heads} heads for a width of {hidden}");
        var head = hidden / heads;
        var projected = Projected(call, x, weight);
        var past = call.Optional(4);
        var before = past?.Shape[3] ?? 0;
        var keys = before + tokens;
        var present = Present(projected, past?.Floats(), (batch, heads, before, tokens, head));
        var terms = new ScoreTerms(call, batch, tokens, keys, call.Float("scale", 0) is > 0 and var given ? given : 1 / MathF.Sqrt(head));
        var (y, scores) = (new float[batch * tokens * hidden], new float[keys]);
        var half = present.Length / 2;
        for (var row = 0; row < batch * tokens * heads; row++)
        {
            var (item, token, which) = (row / heads / tokens, row / heads % tokens, row % heads);
            var query = projected.AsSpan((item * tokens + token) * 3 * hidden + which * head, head);
            var first = (item * heads + which) * keys * head;
            for (var key = 0; key < keys; key++)
                scores[key] = terms.Masked(item, token, key, TensorPrimitives.Dot(query, present.AsSpan(first + key * head, head)));
            SoftmaxOperators.Softmax(scores);
            var result = y.AsSpan((item * tokens + token) * hidden + which * head, head);
            for (var key = 0; key < keys; key++)
                TensorPrimitives.MultiplyAdd(present.AsSpan(half + first + key * head, head), scores[key], result, result);
        }
        return [OnnxArray.Of([batch, tokens, hidden], y), OnnxArray.Of([2, batch, heads, keys, head], present)];
    }

    private static float[] Projected(OperatorCall call, OnnxArray x, OnnxArray weight)
    {
        var engine = call.Engine;
        var (rows, inputs, outputs) = (x.Shape[0] * x.Shape[1], x.Shape[2], weight.Shape[1]);
        engine.Begin();
        var y = engine.Out(rows * outputs);
        engine.Kernels.MatMul(1, rows, outputs, inputs, engine.In(x), 0, false, engine.In(weight), 0, false, y.Storage, 0, false);
        var projected = engine.Read(y);
        if (call.Optional(2)?.Floats() is { } bias)
            for (var row = 0; row < rows; row++)
            {
                var span = projected.AsSpan(row * outputs, outputs);
                TensorPrimitives.Add(span, bias, span);
            }
        return projected;
    }

    /// <summary>[2, batch, heads, past + tokens, head]: keys, then values.</summary>
    private static float[] Present(float[] projected, float[]? past, (int Batch, int Heads, int Before, int Tokens, int Head) size)
    {
        var (hidden, keys) = (size.Heads * size.Head, size.Before + size.Tokens);
        var present = new float[Extents.Count([2, size.Batch, size.Heads, keys, size.Head])];
        for (var plane = 0; plane < 2 * size.Batch * size.Heads; plane++)
        {
            var (part, item, head) = (plane / size.Heads / size.Batch, plane / size.Heads % size.Batch, plane % size.Heads);
            past?.AsSpan(plane * size.Before * size.Head, size.Before * size.Head).CopyTo(present.AsSpan(plane * keys * size.Head));
            for (var token = 0; token < size.Tokens; token++)
                projected.AsSpan((item * size.Tokens + token) * 3 * hidden + (part + 1) * hidden + head * size.Head, size.Head)
                    .CopyTo(present.AsSpan((plane * keys + size.Before + token) * size.Head));
        }
        return present;
    }

    /// <summary>Which keys a query sees.</summary>
    private sealed class ScoreTerms
    {
        private readonly long[]? _mask;
        private readonly int[] _shape;
        private readonly bool _causal;
        private readonly float _hidden, _scale;
        private readonly int _batch, _tokens, _keys;

        public ScoreTerms(OperatorCall call, int batch, int tokens, int keys, float scale)
        {
            (_batch, _tokens, _keys, _scale) = (batch, tokens, keys, scale);
            _mask = call.Optional(3)?.Longs();
            _shape = call.Optional(3)?.Shape ?? [];
            _causal = call.Int("unidirectional", 0) == 1;
            _hidden = call.Float("mask_filter_value", -10000);
            if (_mask is not null && !(_shape is [var all] && (all == batch || all == 2 * batch))
                && !_shape.AsSpan().SequenceEqual([batch, keys])
                && !_shape.AsSpan().SequenceEqual([batch, tokens, keys]))
                throw call.Refuse($"a mask of {Extents.Text(_shape)}", $"[{batch}], [{2 * batch}], [{batch}, {keys}] or [{batch}, {tokens}, {keys}].");
        }

        public float Masked(int item, int token, int key, float score)
        {
            if (_causal && key > _keys - _tokens + token) return float.MinValue;
            return score * _scale + (Sees(item, token, key) ? 0 : _hidden);
        }

        private bool Sees(int item, int token, int key) => _mask is null || _shape.Length switch
        {
            // ends, and where there are twice as many, starts behind them
            1 => key < _mask[item] && (_shape[0] == _batch || key >= _mask[_batch + item]),
            2 => _mask[item * _keys + key] != 0,
            _ => _mask[(item * _tokens + token) * _keys + key] != 0,
        };
    }
}
