using System.Text;
using Retort.Formats.Protobuf;

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
}
