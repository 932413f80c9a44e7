using System.Buffers.Binary;
using Retort.Formats.Protobuf;
using Retort.Tensors;

namespace Retort.Formats.Onnx;

/// <summary>
/// Builds a graph in order: inputs and initializers, then nodes that use what stands before them, then outputs.
/// Each step is checked at once, so that a wrong name is an error here and not in the program that loads the file.
/// </summary>
public sealed class OnnxGraph(string name)
{
    /// <summary>The extent that stands for the batch: it is named "batch" in the file and free when the model runs.</summary>
    public const long Batch = -1;

    /// <summary>
    /// New tokens of a sequence, those before them, and both: "sequence_length", "past_sequence_length", "total_sequence_length".
    /// </summary>
    public const long Length = -2, PastLength = -3, TotalLength = -4;

    private static readonly string[] FreeExtents = ["batch", "sequence_length", "past_sequence_length", "total_sequence_length"];

    private readonly ProtoMessage _inputs = new(), _outputs = new(), _initializers = new(), _nodes = new();
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputNames = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private int _nodeCount;

    public string Name { get; } = name;

    /// <summary>Version of the operators: a graph that was read is written with its own.</summary>
    public long Opset { get; init; } = OnnxWriter.Opset;

    /// <summary>Version of the format.</summary>
    public long IrVersion { get; init; } = OnnxWriter.IrVersion;

    /// <summary>Whether an input, an initializer or an output of a node has this name.</summary>
    public bool Has(string value) => _values.Contains(value);

    internal IReadOnlyDictionary<string, string> MetadataEntries => _metadata;

    public OnnxGraph Input(string value, OnnxType type, params long[] shape)
    {
        Define(value, "input");
        return AddTo(_inputs, 11, ValueInfo(value, type, shape));
    }

    public OnnxGraph Output(string value, OnnxType type, params long[] shape)
    {
        if (!_values.Contains(value) || !_outputNames.Add(value))
            throw Refuse($"output '{value}' {(_values.Contains(value) ? "stands twice" : "is made by no node")}",
                "expected the output of a node, once");
        return AddTo(_outputs, 12, ValueInfo(value, type, shape));
    }

    /// <summary>A constant of 32-bit floats, row-major.</summary>
    public OnnxGraph Initializer(string value, long[] shape, ReadOnlySpan<float> elements)
    {
        var bytes = Room(value, shape, elements.Length, 4);
        for (var index = 0; index < elements.Length; index++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * 4), elements[index]);
        return Initializer(value, OnnxType.Float, shape, bytes);
    }

    /// <summary>A constant of 64-bit whole numbers, row-major: shapes and axes.</summary>
    public OnnxGraph Initializer(string value, long[] shape, ReadOnlySpan<long> elements)
    {
        var bytes = Room(value, shape, elements.Length, 8);
        for (var index = 0; index < elements.Length; index++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(index * 8), elements[index]);
        return Initializer(value, OnnxType.Int64, shape, bytes);
    }

    /// <param name="operation">Operator of the default domain: "Gemm", "Relu", …</param>
    /// <param name="inputs">Values defined before; "" leaves an optional input out.</param>
    /// <param name="outputs">New values.</param>
    /// <param name="attributes">Constants of the operator.</param>
    public OnnxGraph Node(string operation, string[] inputs, string[] outputs, params OnnxAttribute[] attributes)
    {
        var node = new ProtoMessage();
        foreach (var input in inputs)
        {
            if (input.Length > 0 && !_values.Contains(input))
                throw Refuse($"node {_nodeCount} ({operation}) reads '{input}', which nothing before it makes",
                    "expected an input, an initializer or an earlier output");
            node.Text(1, input);
        }

        foreach (var output in outputs)
        {
            Define(output, $"output of node {_nodeCount} ({operation})");
            node.Text(2, output);
        }

        node.Text(3, $"{operation}_{_nodeCount++}").Text(4, operation);
        foreach (var attribute in attributes)
            node.Message(5, attribute.Message);
        return AddTo(_nodes, 1, node);
    }

    /// <summary>A text that travels with the model. Written in the order of the keys.</summary>
    public OnnxGraph Metadata(string key, string text)
    {
        _metadata[key] = text;
        return this;
    }

    /// <summary>GraphProto: fields in ascending order, as the official writer orders them.</summary>
    internal ProtoMessage ToMessage()
    {
        if (_outputNames.Count == 0)
            throw Refuse("the graph has no output", "expected at least one");
        var graph = new ProtoMessage();
        return graph.Append(_nodes).Text(2, Name).Append(_initializers).Append(_inputs).Append(_outputs);
    }

    private OnnxGraph Initializer(string value, OnnxType type, long[] shape, byte[] bytes)
    {
        Define(value, "initializer");
        return AddTo(_initializers, 5, TensorMessage(value, type, shape, bytes));
    }

    /// <summary>TensorProto.</summary>
    internal static ProtoMessage TensorMessage(string value, OnnxType type, long[] shape, byte[] bytes)
    {
        var tensor = new ProtoMessage();
        foreach (var extent in shape)
            tensor.Number(1, extent);
        return tensor.Number(2, (long)type).Text(8, value).Bytes(9, bytes);
    }

    private static ProtoMessage ValueInfo(string value, OnnxType type, long[] shape)
    {
        var shapeMessage = new ProtoMessage();
        foreach (var extent in shape)
            shapeMessage.Message(1, extent < 0
                ? new ProtoMessage().Text(2, FreeExtents[(int)(Batch - extent)])
                : new ProtoMessage().Number(1, extent));
        var tensor = new ProtoMessage().Number(1, (long)type).Message(2, shapeMessage);
        return new ProtoMessage().Text(1, value).Message(2, new ProtoMessage().Message(1, tensor));
    }

    private OnnxGraph AddTo(ProtoMessage list, int field, ProtoMessage item)
    {
        list.Message(field, item);
        return this;
    }

    private void Define(string value, string role)
    {
        if (value.Length == 0 || !_values.Add(value))
            throw Refuse($"the {role} is named '{value}'", "expected a name that no value before it has");
    }

    private byte[] Room(string value, long[] shape, int elements, int size)
    {
        var product = shape.Aggregate((Int128)1, (total, extent) => total > Array.MaxLength ? total : total * extent);
        if (product != elements || (long)elements * size > Array.MaxLength)
            throw Refuse($"initializer '{value}' has the shape [{string.Join(", ", shape)}]; {elements} elements were given",
                "expected one element a place, at most 2 GiB in all");
        return new byte[elements * size];
    }

    private RetortException Refuse(string what, string expected) => new($"ONNX graph '{Name}'", what, expected);
}
