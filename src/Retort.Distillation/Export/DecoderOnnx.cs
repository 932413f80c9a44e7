using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Export;

/// <summary>
/// A causal language model as an ONNX graph of opset 17, with the names that transformers.js and optimum use: input_ids
/// [batch, length], attention_mask [batch, past + length] (0 = padding), position_ids [batch, length], past_key_values.N.key and .value
/// [batch, key heads, past, head width]; logits [batch, length, vocabulary], present.N.key and .value, which are the next call's past.
/// Between blocks the stream is rows [batch·length, width], so that a matrix is one Gemm over the weight as it is stored.
/// </summary>
public sealed class DecoderOnnx
{
    private const long BoolType = (long)OnnxType.Bool;

    private readonly OnnxGraph _graph = new("decoder");
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly GptShape _shape;

    private DecoderOnnx(Gpt model)
    {
        _shape = model.Sizes;
        _parameters = model.Weights.Parameters.ToDictionary(parameter => parameter.Name);
    }

    /// <exception cref="RetortException">It does not fit the 2 GiB of one file, or has adapters.</exception>
    public static OnnxGraph GraphOf(Gpt model)
    {
        model.RefuseAdapters();
        var shape = model.Sizes;
        var tables = (long)shape.Positions * shape.HeadWidth * (shape.WindowRotary is null ? 1 : 2);
        OnnxExport.CheckSize(model.Weights.Parameters.Sum(parameter => parameter.Shape.Count) + tables);
        return new DecoderOnnx(model).Whole();
    }

    private OnnxGraph Whole()
    {
        _graph.Input("input_ids", OnnxType.Int64, OnnxGraph.Batch, OnnxGraph.Length)
            .Input("attention_mask", OnnxType.Int64, OnnxGraph.Batch, OnnxGraph.TotalLength)
            .Input("position_ids", OnnxType.Int64, OnnxGraph.Batch, OnnxGraph.Length);
        foreach (var name in Caches("past_key_values"))
            _graph.Input(name, OnnxType.Float, OnnxGraph.Batch, _shape.KeyHeads, OnnxGraph.PastLength, _shape.HeadWidth);
        Shapes();
        Masks();
        Angles("rotary", _shape.Rotary);
        if (_shape.WindowRotary is not null) Angles("rotary.window", _shape.WindowRotary);
        var x = _graph.Apply("Gather", "embedded", [Weight("model.embed_tokens"), "input_ids"]);
        x = _graph.Apply("Reshape", "embedded.rows", [x, _graph.Whole("shape.stream", [2], -1, _shape.Width)]);
        if (_shape.EmbeddingScale != 1)
            x = _graph.Apply("Mul", "embedded.scaled", [x, _graph.Constant("embedding.scale", (float)_shape.EmbeddingScale)]);
        for (var i = 0; i < _shape.Layers; i++) x = Block(i, x);
        x = Norm(x, "norm", "model.norm");
        x = _graph.Product(x, "logits.rows", _parameters[_shape.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight"], null);
        _graph.Apply("Reshape", "logits", [x, ShapeOf("shape.logits", _shape.Vocabulary)]);
        _graph.Output("logits", OnnxType.Float, OnnxGraph.Batch, OnnxGraph.Length, _shape.Vocabulary);
        foreach (var name in Caches("present"))
            _graph.Output(name, OnnxType.Float, OnnxGraph.Batch, _shape.KeyHeads, OnnxGraph.TotalLength, _shape.HeadWidth);
        return _graph;
    }

    private IEnumerable<string> Caches(string name) =>
        Enumerable.Range(0, _shape.Layers).SelectMany(i => new[] { $"{name}.{i}.key", $"{name}.{i}.value" });

    /// <summary>Queries stand by the head of keys that they share: [batch, length, key heads, queries of one, width].</summary>
    private void Shapes()
    {
        _graph.Apply("Shape", "shape.ids", ["input_ids"]);
        ShapeOf("shape.queries", _shape.KeyHeads, _shape.Heads / _shape.KeyHeads, _shape.HeadWidth);
        ShapeOf("shape.keys", _shape.KeyHeads, _shape.HeadWidth);
    }

    /// <returns>[batch, length, …rest]</returns>
    private string ShapeOf(string name, params long[] rest) =>
        _graph.Apply("Concat", name, ["shape.ids", _graph.Whole(name + ".rest", [rest.Length], rest)], OnnxAttribute.Int("axis", 0));

    /// <summary>What is added to scores [batch, key heads, queries of one, length, past + length], for each length of window.</summary>
    private void Masks()
    {
        string zero = _graph.Whole("index.0", [], 0), one = _graph.Whole("index.1", [], 1);
        var total = _graph.Apply("Gather", "length.total", [_graph.Apply("Shape", "shape.mask", ["attention_mask"]), one]);
        var length = _graph.Apply("Gather", "length.new", ["shape.ids", one]);
        var past = _graph.Apply("Sub", "length.past", [total, length]);
        var keys = _graph.Apply("Range", "keys", [zero, total, one]);
        var queries = _graph.Apply("Range", "queries", [past, total, one]);
        queries = _graph.Apply("Unsqueeze", "queries.column", [queries, _graph.Whole("axes.1", [1], 1)]);
        var causal = _graph.Apply("LessOrEqual", "seen.causal", [keys, queries]);
        var text = _graph.Apply("Cast", "seen.text", ["attention_mask"], OnnxAttribute.Int("to", BoolType));
        text = _graph.Apply("Unsqueeze", "seen.text.row", [text, _graph.Whole("axes.123", [3], 1, 2, 3)]);
        var seen = _graph.Apply("And", "seen.0", [causal, text]);
        foreach (var window in Windows().Distinct())
        {
            var own = seen;
            if (window > 0)
            {
                var before = _graph.Apply("Sub", $"before.{window}", [queries, _graph.Whole($"window.{window}", [], window)]);
                var near = _graph.Apply("Greater", $"near.{window}", [keys, before]);
                own = _graph.Apply("And", $"seen.{window}", [seen, near]);
            }
            _graph.Hidden(own, $"hidden.{window}");
        }
    }

    private IEnumerable<int> Windows() => _shape.Windows ?? Enumerable.Repeat(0, _shape.Layers);

    /// <summary>
    /// Cosines and sines [batch, 1, length, width / 2] of the tokens' positions, from tables that are computed in double precision: the
    /// product of a large position and a frequency would lose its last digits in 32 bits.
    /// </summary>
    private void Angles(string name, RotaryAngles? angles)
    {
        angles ??= new RotaryAngles(RotaryFrequencies.Of(_shape.HeadWidth));
        foreach (var (part, function) in new (string, Func<double, double>)[] { ("cosines", Math.Cos), ("sines", Math.Sin) })
        {
            var table = new float[_shape.Positions * angles.Frequencies.Count];
            for (var i = 0; i < table.Length; i++)
            {
                var (position, pair) = Math.DivRem(i, angles.Frequencies.Count);
                table[i] = (float)(function(position * angles.Frequencies[pair]) * angles.Scale);
            }
            _graph.Initializer($"{name}.{part}.table", [_shape.Positions, angles.Frequencies.Count], (ReadOnlySpan<float>)table);
            var rows = _graph.Apply("Gather", $"{name}.{part}.rows", [$"{name}.{part}.table", "position_ids"]);
            var keys = _graph.Apply("Unsqueeze", $"{name}.{part}.keys", [rows, _graph.Whole("axes.1", [1], 1)]);
            _graph.Apply("Unsqueeze", $"{name}.{part}.queries", [keys, _graph.Whole("axes.1", [1], 1)]);
        }
    }

    private string Block(int number, string x)
    {
        var name = $"model.layers.{number}";
        x = Added(x, Attended(number, Norm(x, $"{name}.attention.in", $"{name}.input_layernorm")), $"{name}.attention",
            _shape.OutputNorms ? $"{name}.post_attention_layernorm" : null);
        var inner = Norm(x, $"{name}.mlp.in",
            $"{name}.{(_shape.OutputNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm")}");
        var gate = _graph.Activated(_shape.Gate, Product(inner, $"{name}.mlp.gate_proj"), $"{name}.mlp.activated");
        var gated = _graph.Apply("Mul", $"{name}.mlp.gated", [gate, Product(inner, $"{name}.mlp.up_proj")]);
        return Added(x, Product(gated, $"{name}.mlp.down_proj"), $"{name}.mlp",
            _shape.OutputNorms ? $"{name}.post_feedforward_layernorm" : null);
    }

    private string Added(string stream, string inner, string name, string? norm) =>
        _graph.Apply("Add", name + ".out", [stream, norm is null ? inner : Norm(inner, name + ".normed", norm)]);

    private string Attended(int number, string x)
    {
        var name = $"model.layers.{number}.self_attn";
        var window = _shape.Windows?[number] ?? 0;
        var rotary = window > 0 && _shape.WindowRotary is not null ? "rotary.window" : "rotary";
        var queries = Heads(x, $"{name}.q_proj", "shape.queries", $"{name}.q_norm", 0, 2, 3, 1, 4);
        queries = Turned(queries, $"{name}.queries", rotary, "queries");
        queries = _graph.Apply("Mul", $"{name}.queries.scaled",
            [queries, _graph.Constant("attention.scale", (float)(_shape.AttentionScale ?? 1 / Math.Sqrt(_shape.HeadWidth)))]);
        var keys = Heads(x, $"{name}.k_proj", "shape.keys", $"{name}.k_norm", 0, 2, 1, 3);
        keys = Cached(Turned(keys, $"{name}.keys", rotary, "keys"), number, "key");
        var values = Cached(Heads(x, $"{name}.v_proj", "shape.keys", null, 0, 2, 1, 3), number, "value");
        var columns = Shared(_graph.Transposed(keys, $"{name}.keys.columns", 0, 1, 3, 2), $"{name}.keys.shared");
        var scores = _graph.Apply("MatMul", $"{name}.scores", [queries, columns]);
        scores = _graph.Apply("Add", $"{name}.scores.seen", [scores, $"hidden.{window}"]);
        var sums = _graph.Apply("MatMul", $"{name}.sums",
            [_graph.Softmax(scores, $"{name}.probabilities"), Shared(values, $"{name}.values.shared")]);
        sums = _graph.Transposed(sums, $"{name}.sums.tokens", 0, 3, 1, 2, 4);
        var rows = _graph.Whole("shape.heads", [2], -1, _shape.Heads * _shape.HeadWidth);
        return Product(_graph.Apply("Reshape", $"{name}.sums.rows", [sums, rows]), $"{name}.o_proj");
    }

    private string Heads(string x, string name, string shape, string? norm, params long[] order)
    {
        var heads = _graph.Apply("Reshape", name + ".heads", [Product(x, name), shape]);
        if (norm is not null && _shape.HeadNorms) heads = Norm(heads, norm + ".heads", norm);
        return _graph.Transposed(heads, name + ".turned", order);
    }

    /// <summary>(first, second) halves of a head → (first·cos − second·sin, second·cos + first·sin).</summary>
    private string Turned(string x, string name, string rotary, string kind)
    {
        var (cosines, sines) = ($"{rotary}.cosines.{kind}", $"{rotary}.sines.{kind}");
        string first = name + ".first", second = name + ".second";
        _graph.Node("Split", [x], [first, second], OnnxAttribute.Int("axis", -1));
        string Product(string half, string by) => _graph.Apply("Mul", $"{half}.{(by == cosines ? "cosines" : "sines")}", [half, by]);
        var left = _graph.Apply("Sub", name + ".left", [Product(first, cosines), Product(second, sines)]);
        var right = _graph.Apply("Add", name + ".right", [Product(second, cosines), Product(first, sines)]);
        return _graph.Apply("Concat", name + ".rotated", [left, right], OnnxAttribute.Int("axis", -1));
    }

    private string Cached(string own, int number, string kind) => _graph.Apply("Concat", $"present.{number}.{kind}",
        [$"past_key_values.{number}.{kind}", own], OnnxAttribute.Int("axis", 2));

    /// <summary>[batch, key heads, …] → [batch, key heads, 1, …]: all queries of a group read the same.</summary>
    private string Shared(string value, string name) => _graph.Apply("Unsqueeze", name, [value, _graph.Whole("axes.2", [1], 2)]);

    /// <summary>x / √(mean of squares + ε) · (weight + offset); opset 17 has no operator of its own for it.</summary>
    private string Norm(string x, string name, string parameter)
    {
        var squares = _graph.Apply("Mul", name + ".squares", [x, x]);
        var mean = _graph.Apply("ReduceMean", name + ".mean", [squares], OnnxAttribute.Ints("axes", -1), OnnxAttribute.Int("keepdims", 1));
        var sum = _graph.Apply("Add", name + ".sum", [mean, _graph.Constant("epsilon", (float)_shape.Epsilon)]);
        var root = _graph.Apply("Sqrt", name + ".root", [sum]);
        return _graph.Apply("Mul", name, [_graph.Apply("Div", name + ".scaled", [x, root]), NormWeight(parameter)]);
    }

    private string NormWeight(string name)
    {
        var parameter = _parameters[name + ".weight"];
        if (_shape.NormOffset == 0 || _graph.Has(parameter.Name)) return _graph.Weight(parameter);
        _graph.Initializer(parameter.Name, parameter.Shape.ToArray(), (ReadOnlySpan<float>)Array.ConvertAll(
            parameter.Value.Device.ToFloats(parameter.Value), value => (float)(value + _shape.NormOffset)));
        return parameter.Name;
    }

    private string Product(string x, string name) =>
        _graph.Product(x, name + ".out", _parameters[name + ".weight"], _parameters.GetValueOrDefault(name + ".bias"));

    private string Weight(string name) => _graph.Weight(_parameters[name + ".weight"]);
}
