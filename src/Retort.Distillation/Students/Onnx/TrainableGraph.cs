using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Students.Onnx;

/// <summary>A node and what computes it.</summary>
internal sealed record TrainableNode(OnnxNode Node, TrainableOperator Operator);

/// <summary>The part of an ONNX graph that leads to one output, sorted into what learns, what is state and what stays.</summary>
internal sealed class TrainableGraph
{
    private const long OldestOpset = 7;
    private static readonly string[] Ends = ["Softmax", "LogSoftmax", "Identity"];

    private readonly OnnxModel _model;
    private readonly Dictionary<string, OnnxTensor> _constants = new(StringComparer.Ordinal);
    private readonly List<OnnxNode> _constantNodes = [];

    private TrainableGraph(OnnxModel model, string answer, OnnxValueInfo input)
    {
        (_model, Answer, Input) = (model, answer, input.Name);
        Opset = model.Opsets.GetValueOrDefault("", 0);
        if (Opset < OldestOpset)
            throw new RetortException(Location, $"its operators are of opset {Opset}.", $"opset {OldestOpset} or newer.",
                "export the model again.");
    }

    public string Location => _model.Location;

    /// <summary>Of the file.</summary>
    public string Hash => _model.Hash;
    public long Opset { get; }
    public string Input { get; }

    /// <summary>The value that is the logits.</summary>
    public string Answer { get; private set; }

    /// <summary>The operator behind the logits that is left out; empty = none.</summary>
    public string LeftOut { get; private set; } = "";

    /// <summary>In an order in which each finds its inputs.</summary>
    public IReadOnlyList<TrainableNode> Nodes { get; private set; } = [];
    public IReadOnlyList<OnnxTensor> Parameters { get; private set; } = [];
    public IReadOnlyList<OnnxTensor> States { get; private set; } = [];

    /// <summary>Numbers that do not learn, by name.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Constants => _constants;

    /// <summary>Parameters whose rows are the incoming weights of a hidden unit.</summary>
    public IReadOnlyList<string> HiddenWeights => [.. Weighted.SkipLast(1).Where(node => node.Operator == "Conv"
        || node.Attributes.GetValueOrDefault("transB") is 1L).Select(node => node.Inputs[1]).Where(Learns).Distinct()];

    /// <exception cref="RetortException">An operator cannot learn here, or the examples are others.</exception>
    public static TrainableGraph Of(OnnxModel model, string output, Shape exampleShape)
    {
        var named = model.Graph.Initializers.Select(constant => constant.Name).ToHashSet(StringComparer.Ordinal);
        if (named.Count < model.Graph.Initializers.Count)
            throw new RetortException(model.Location, "two constants have one name.", "names of their own.", "export the model again.");
        var inputs = model.Graph.Inputs.Where(input => !named.Contains(input.Name)).ToList();
        if (inputs is not [{ Type: OnnxType.Float } input])
            throw new RetortException(model.Location, $"the graph has the inputs {string.Join(", ", inputs.Select(one => $"{one.Name} {one.Type}"))}.",
                "one of 32-bit floats, for the examples.", "export the classifier alone.");
        var given = exampleShape.ToArray();
        if (input.Shape is { } declared && (declared.Count != given.Length + 1
            || declared.Skip(1).Zip(given).Any(pair => pair.First > 0 && pair.First != pair.Second)))
            throw new RetortException(model.Location, $"its input '{input.Name}' takes [{string.Join(", ", declared.Select(extent =>
                extent < 0 ? "N" : $"{extent}"))}].", $"[N, {string.Join(", ", given)}], as the data have.",
                "use the data that it was made for.");
        var graph = new TrainableGraph(model, output, input);
        graph.LeaveOutTheEnd();
        graph.Sort(input.Shape is { Count: > 0 } shape && shape[0] > 0 ? shape[0] : 0);
        return graph;
    }

    /// <summary>Multiply-adds of products and convolutions.</summary>
    /// <param name="shapes">Of all values in a run.</param>
    public long MultiplyAdds(IReadOnlyDictionary<string, Shape> shapes) => Weighted.Sum(node =>
    {
        var weight = _model.Graph.Initializers.FirstOrDefault(constant => constant.Name == node.Inputs[1]);
        if (weight is not { Shape.Length: > 1 }) return 0;
        var outputs = node.Operator == "Conv" || node.Attributes.GetValueOrDefault("transB") is 1L ? weight.Shape[0] : weight.Shape[^1];
        return shapes[node.Outputs[0]].Count * (weight.Elements.Length / Math.Max(1, outputs));
    });

    /// <summary>As a file has it.</summary>
    /// <param name="input">Extents of the input.</param>
    /// <param name="output">Extents of the logits.</param>
    /// <param name="numbersOf">What a parameter or state holds now.</param>
    /// <param name="classNames">Travel with it.</param>
    public OnnxGraph Written(long[] input, long[] output, Func<string, float[]> numbersOf, IReadOnlyList<string> classNames)
    {
        var graph = new OnnxGraph("student") { Opset = Opset, IrVersion = Math.Max(OnnxWriter.IrVersion, _model.IrVersion) }
            .Input(Input, OnnxType.Float, input).Metadata("classes", string.Join(",", classNames));
        foreach (var number in Parameters.Concat(States))
            graph.Initializer(number.Name, ShapeOf(number), (ReadOnlySpan<float>)numbersOf(number.Name));
        foreach (var node in _constantNodes) Write(node);
        var inNodes = _constantNodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        foreach (var constant in _constants.Values.Where(constant => !inNodes.Contains(constant.Name)))
            _ = constant.Elements is float[] floats
                ? graph.Initializer(constant.Name, ShapeOf(constant), (ReadOnlySpan<float>)floats)
                : graph.Initializer(constant.Name, ShapeOf(constant), (ReadOnlySpan<long>)(long[])constant.Elements);
        foreach (var (node, _) in Nodes) Write(node);
        return graph.Output(Answer, OnnxType.Float, output);

        void Write(OnnxNode node) => graph.Node(node.Operator, [.. node.Inputs], [.. node.Outputs],
            [.. node.Attributes.Select(attribute => OnnxAttribute.Of(attribute.Key, attribute.Value))]);
    }

    private IEnumerable<OnnxNode> Weighted => Nodes.Select(one => one.Node).Where(node => node.Operator is "Conv" or "Gemm" or "MatMul");

    private bool Learns(string name) => Parameters.Any(parameter => parameter.Name == name);

    private static long[] ShapeOf(OnnxTensor tensor) => [.. tensor.Shape.Select(extent => (long)extent)];

    private void LeaveOutTheEnd()
    {
        for (var steps = 0; steps <= _model.Graph.Nodes.Count; steps++)
        {
            var maker = _model.Graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(Answer));
            if (maker is not { Domain: "", Inputs: [var before, ..] } || !Ends.Contains(maker.Operator)) return;
            if (maker.Operator != "Identity") LeftOut = maker.Operator;
            Answer = before;
            if (LeftOut.Length > 0) return;
        }
    }

    /// <param name="fixedBatch">What the input's batch is declared as; 0 = free.</param>
    private void Sort(long fixedBatch)
    {
        var initializers = _model.Graph.Initializers.ToDictionary(constant => constant.Name, StringComparer.Ordinal);
        var states = new HashSet<string>(StringComparer.Ordinal);
        var fromInput = new HashSet<string>(StringComparer.Ordinal) { Input };
        var nodes = new List<TrainableNode>();
        foreach (var read in NodeOrder.Of(_model.Graph, [Answer], Location))
        {
            // one output is all that the operators here have; whether Dropout trains is ours to say
            var node = read with
            {
                Outputs = [read.Outputs[0]],
                Inputs = read.Operator == "Dropout" ? [.. read.Inputs.Take(2)] : read.Inputs,
            };
            if (node is { Operator: "Constant", Domain: "" })
            {
                _constants[node.Outputs[0]] = ConstantOf(node);
                _constantNodes.Add(node);
                continue;
            }
            if (node.Operator == "Reshape" && fixedBatch > 0 && node.Inputs.Count > 1 && fromInput.Contains(node.Inputs[0]))
                node = Freed(node, fixedBatch, initializers);
            var work = TrainableOperators.Find(node, Location);
            if (node.Inputs.Any(fromInput.Contains)) fromInput.Add(node.Outputs[0]);
            if (node.Operator == "BatchNormalization")
                foreach (var name in node.Inputs.Skip(3))
                    if (!states.Add(name) || !initializers.ContainsKey(name))
                        throw new RetortException(Location, $"node {node.Title} shares its statistics '{name}', or computes them.",
                            "constants of its own.", "export the model in another way.");
            nodes.Add(new TrainableNode(node, work));
        }
        Nodes = nodes;
        var used = nodes.SelectMany(one => one.Node.Inputs).ToHashSet(StringComparer.Ordinal);
        var numbers = initializers.Values.Where(constant => used.Contains(constant.Name)).ToList();
        if (numbers.FirstOrDefault(constant => constant.Type is not (OnnxType.Float or OnnxType.Int64)) is { } other)
            throw new RetortException(Location, $"the constant '{other.Name}' is {other.Type}.",
                "32-bit floats, and 64-bit whole numbers for shapes.", "export the model in single precision.");
        States = [.. numbers.Where(number => states.Contains(number.Name))];
        if (States.FirstOrDefault(number => number.Type != OnnxType.Float) is { } whole)
            throw new RetortException(Location, $"the statistics '{whole.Name}' are {whole.Type}.", "32-bit floats.",
                "export the model again.");
        Parameters = [.. numbers.Where(number => number is { Type: OnnxType.Float, Shape.Length: > 0 } && !states.Contains(number.Name))];
        foreach (var number in numbers.Except(States).Except(Parameters)) _constants[number.Name] = number;
        if (Parameters.Count == 0)
            throw new RetortException(Location, "nothing in it can learn.", "weights that are constants of the graph (initializers).",
                "use the model as a teacher.");
        foreach (var number in Parameters.Concat(States))
            if (Array.Exists((float[])number.Elements, value => !float.IsFinite(value)))
                throw new RetortException(Location, $"the constant '{number.Name}' holds a value that is not finite.", "finite weights.");
    }

    /// <summary>A file made for batches of one size says that size where it means the batch: 0 keeps whatever extent comes in.</summary>
    private OnnxNode Freed(OnnxNode node, long fixedBatch, Dictionary<string, OnnxTensor> initializers)
    {
        var shape = _constants.GetValueOrDefault(node.Inputs[1]) ?? initializers.GetValueOrDefault(node.Inputs[1]);
        if (shape?.Elements is not long[] { Length: > 0 } extents || extents[0] != fixedBatch) return node;
        var name = $"{shape.Name}/free batch";
        initializers[name] = shape with { Name = name, Elements = (long[])[0, .. extents[1..]] };
        return node with { Inputs = [node.Inputs[0], name] };
    }

    private OnnxTensor ConstantOf(OnnxNode node)
    {
        var (kind, value) = node.Attributes.FirstOrDefault();
        var name = node.Outputs[0];
        return value switch
        {
            OnnxTensor { Type: OnnxType.Float or OnnxType.Int64 } tensor => tensor with { Name = name },
            float number when kind == "value_float" => new OnnxTensor(name, OnnxType.Float, [], new[] { number }),
            long number when kind == "value_int" => new OnnxTensor(name, OnnxType.Int64, [], new[] { number }),
            float[] numbers => new OnnxTensor(name, OnnxType.Float, [numbers.Length], numbers),
            long[] numbers => new OnnxTensor(name, OnnxType.Int64, [numbers.Length], numbers),
            _ => throw new RetortException(Location, $"node {node.Title} ({name}) holds no numbers that are known here.",
                "32-bit floats, or 64-bit whole numbers."),
        };
    }
}
