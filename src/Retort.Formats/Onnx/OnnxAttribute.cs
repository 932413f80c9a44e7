using System.Runtime.InteropServices;
using System.Text;
using Retort.Formats.Protobuf;
using Retort.Tensors;

namespace Retort.Formats.Onnx;

/// <summary>A named constant of a node.</summary>
public sealed class OnnxAttribute
{
    // Field numbers and AttributeProto.AttributeType numbers of onnx.proto3, see spec.md.
    private OnnxAttribute(string name, int type, Action<ProtoMessage> value)
    {
        Name = name;
        Message = new ProtoMessage().Text(1, name);
        value(Message);
        Message.Number(20, type);
    }

    public string Name { get; }
    internal ProtoMessage Message { get; }

    public static OnnxAttribute Float(string name, float value) => new(name, 1, message => message.Single(2, value));

    public static OnnxAttribute Int(string name, long value) => new(name, 2, message => message.Number(3, value));

    public static OnnxAttribute Text(string name, string value) => new(name, 3, message => message.Bytes(4, Encoding.UTF8.GetBytes(value)));

    public static OnnxAttribute Floats(string name, params float[] values) => new(name, 6, message =>
    {
        foreach (var value in values)
            message.Single(7, value);
    });

    public static OnnxAttribute Ints(string name, params long[] values) => new(name, 7, message =>
    {
        foreach (var value in values)
            message.Number(8, value);
    });

    /// <summary>A constant of 32-bit floats or 64-bit whole numbers.</summary>
    public static OnnxAttribute Tensor(string name, OnnxTensor value)
    {
        byte[] bytes = value.Elements switch
        {
            float[] floats when value.Type == OnnxType.Float => [.. MemoryMarshal.AsBytes(floats.AsSpan())],
            long[] numbers => [.. MemoryMarshal.AsBytes(numbers.AsSpan())],
            _ => throw new RetortException($"ONNX attribute '{name}'", $"a constant of type {value.Type}.",
                "32-bit floats or 64-bit whole numbers."),
        };
        return new(name, 4, message => message.Message(5, OnnxGraph.TensorMessage("", value.Type,
            [.. value.Shape.Select(extent => (long)extent)], bytes)));
    }

    /// <summary>As <see cref="OnnxNode.Attributes"/> holds it.</summary>
    /// <exception cref="RetortException">It is a graph, or a list of texts, tensors or graphs.</exception>
    public static OnnxAttribute Of(string name, object value) => value switch
    {
        float number => Float(name, number),
        long number => Int(name, number),
        string text => Text(name, text),
        float[] numbers => Floats(name, numbers),
        long[] numbers => Ints(name, numbers),
        OnnxTensor tensor => Tensor(name, tensor),
        _ => throw new RetortException($"ONNX attribute '{name}'", $"a {value.GetType().Name} cannot be written.", "numbers, texts and tensors."),
    };
}
