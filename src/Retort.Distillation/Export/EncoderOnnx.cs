using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>
/// An encoder with its classifier as an ONNX graph of opset 17, with the names that transformers.js and optimum use: input_ids,
/// attention_mask (0 = padding) and, in BERT, token_type_ids, [batch, length] each; logits [batch, classes], and of an encoder of sentences
/// <c>sentence</c> [batch, width].
/// </summary>
public sealed class EncoderOnnx
{
    private readonly OnnxGraph _graph = new("encoder");
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly Bert _model;
    private readonly BertShape _shape;

    private EncoderOnnx(Bert model)
    {
        (_model, _shape) = (model, model.Sizes);
        _parameters = model.Weights.Parameters.ToDictionary(parameter => parameter.Name);
    }

    /// <param name="model">A classifier.</param>
    /// <param name="sentences">With one vector a text as a second output.</param>
    /// <exception cref="RetortException">It does not fit the 2 GiB of one file, or has adapters.</exception>
    public static OnnxGraph GraphOf(Bert model, bool sentences = false)
    {
        model.RefuseAdapters();
        OnnxExport.CheckSize(model.Weights.Parameters.Sum(parameter => parameter.Shape.Count));
        return new EncoderOnnx(model).Whole(sentences);
    }

    private OnnxGraph Whole(bool sentences)
    {
        string[] inputs = _shape.TokenTypes > 0 ? ["input_ids", "attention_mask", "token_type_ids"] : ["input_ids", "attention_mask"];
        foreach (var name in inputs) _graph.Input(name, OnnxType.Int64, OnnxGraph.Batch, OnnxGraph.Length);
        _graph.Apply("Shape", "shape.ids", ["input_ids"]);
        ShapeOf("shape.heads", _shape.Heads, _shape.Width / _shape.Heads);
        ShapeOf("shape.tokens", _shape.Width);
        var seen = _graph.Apply("Cast", "seen", ["attention_mask"], OnnxAttribute.Int("to", (long)OnnxType.Bool));
        _graph.Hidden(_graph.Apply("Unsqueeze", "seen.row", [seen, _graph.Whole("axes.12", [2], 1, 2)]), "hidden");
        var x = Rows(Norm(Embedded(), "embedded", $"{_model.EmbeddingsName}.LayerNorm"), "embedded.rows");
        for (var i = 0; i < _shape.Layers; i++) x = Block($"{_model.BlocksName}.{i}", x);
        x = _graph.Apply("Reshape", "states", [x, "shape.tokens"]);
        var first = _graph.Apply("Gather", "states.first", [x, _graph.Whole("index.0", [], 0)], OnnxAttribute.Int("axis", 1));
        var pooled = _graph.Activated(_shape.Kind == BertKind.Bert ? Activation.Tanh : Activation.Relu, Product(first, _model.PoolerName),
            "pooled");
        _graph.Product(pooled, "logits", _parameters[Bert.ClassifierName + ".weight"], _parameters[Bert.ClassifierName + ".bias"]);
        _graph.Output("logits", OnnxType.Float, OnnxGraph.Batch, _shape.Classes);
        return sentences
            ? _graph.Output(Sentence(x), OnnxType.Float, OnnxGraph.Batch, _shape.Embedding > 0 ? _shape.Embedding : _shape.Width)
            : _graph;
    }

    /// <summary>The mean over what is seen, the layer where there is one, length 1.</summary>
    private string Sentence(string states)
    {
        string last = _graph.Whole("axes.2", [1], 2), tokens = _graph.Whole("axes.1", [1], 1);
        var mask = _graph.Apply("Cast", "seen.number", ["attention_mask"], OnnxAttribute.Int("to", (long)OnnxType.Float));
        var counted = _graph.Apply("Mul", "sentence.counted", [states, _graph.Apply("Unsqueeze", "seen.column", [mask, last])]);
        var sum = _graph.Apply("ReduceSum", "sentence.sum", [counted, tokens], OnnxAttribute.Int("keepdims", 0));
        var count = _graph.Apply("Max", "sentence.count",
            [_graph.Apply("ReduceSum", "seen.count", [mask, tokens], OnnxAttribute.Int("keepdims", 1)), _graph.Constant("one", 1)]);
        var vector = _graph.Apply("Div", "sentence.mean", [sum, count]);
        if (_shape.Embedding > 0) vector = Product(vector, Bert.SentenceDense);
        var length = _graph.Apply("ReduceL2", "sentence.length", [vector], OnnxAttribute.Ints("axes", 1), OnnxAttribute.Int("keepdims", 1));
        return _graph.Apply("Div", Bert.Sentence,
            [vector, _graph.Apply("Max", "sentence.divisor", [length, _graph.Constant("smallest", 1e-12f)])]);
    }

    /// <returns>[batch, length, …rest]</returns>
    private void ShapeOf(string name, params long[] rest) =>
        _graph.Apply("Concat", name, ["shape.ids", _graph.Whole(name + ".rest", [rest.Length], rest)], OnnxAttribute.Int("axis", 0));

    /// <summary>Words, positions and types, added up.</summary>
    private string Embedded()
    {
        string zero = _graph.Whole("index.0", [], 0), one = _graph.Whole("index.1", [], 1);
        var length = _graph.Apply("Gather", "length", ["shape.ids", one]);
        var sum = _graph.Apply("Add", "embedded.sum", [Table("word", "input_ids"),
            Table("position", _graph.Apply("Range", "positions", [zero, length, one]))]);
        return _shape.TokenTypes > 0 ? _graph.Apply("Add", "embedded.typed", [sum, Table("token_type", "token_type_ids")]) : sum;
    }

    private string Table(string kind, string ids)
    {
        var table = _parameters[$"{_model.EmbeddingsName}.{kind}_embeddings.weight"];
        return _graph.Apply("Gather", $"embedded.{kind}", [_graph.Weight(table), ids]);
    }

    private string Block(string block, string x)
    {
        var names = _model.BlockNames;
        string Named(string place) => $"{block}.{place}";
        string queries = Heads(x, Named(names.Query), 0, 2, 1, 3), keys = Heads(x, Named(names.Key), 0, 2, 3, 1),
            values = Heads(x, Named(names.Value), 0, 2, 1, 3);
        queries = _graph.Apply("Mul", Named("queries.scaled"),
            [queries, _graph.Constant("attention.scale", (float)(1 / Math.Sqrt(_shape.Width / _shape.Heads)))]);
        var scores = _graph.Apply("Add", Named("scores.seen"), [_graph.Apply("MatMul", Named("scores"), [queries, keys]), "hidden"]);
        var sums = _graph.Apply("MatMul", Named("sums"), [_graph.Softmax(scores, Named("probabilities")), values]);
        sums = Rows(_graph.Transposed(sums, Named("sums.tokens"), 0, 2, 1, 3), Named("sums.rows"));
        x = Norm(_graph.Apply("Add", Named("attended"), [x, Product(sums, Named(names.Attended))]), Named("attended.normed"),
            Named(names.AttendedNorm));
        var wide = _graph.Activated(_shape.Activation, Product(x, Named(names.Intermediate)), Named("wide"));
        var sum = _graph.Apply("Add", Named("out"), [x, Product(wide, Named(names.Output))]);
        return Norm(sum, Named("out.normed"), Named(names.OutputNorm));
    }

    private string Heads(string x, string name, params long[] order) =>
        _graph.Transposed(_graph.Apply("Reshape", name + ".heads", [Product(x, name), "shape.heads"]), name + ".turned", order);

    private string Rows(string value, string name) =>
        _graph.Apply("Reshape", name, [value, _graph.Whole("shape.stream", [2], -1, _shape.Width)]);

    private string Norm(string x, string name, string parameter) => _graph.Apply("LayerNormalization", name,
        [x, _graph.Weight(_parameters[parameter + ".weight"]), _graph.Weight(_parameters[parameter + ".bias"])],
        OnnxAttribute.Int("axis", -1), OnnxAttribute.Float("epsilon", (float)_shape.Epsilon));

    private string Product(string x, string name) =>
        _graph.Product(x, name + ".out", _parameters[name + ".weight"], _parameters[name + ".bias"]);
}
