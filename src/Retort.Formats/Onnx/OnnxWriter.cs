using Retort.Formats.Files;
using Retort.Formats.Protobuf;
using Retort.Tensors;

namespace Retort.Formats.Onnx;

/// <summary>Writes an ONNX model, whole or not at all. The same graph gives the same bytes. See spec.md.</summary>
public static class OnnxWriter
{
    /// <summary>IR version 8 came with opset 15 to 17: what every runtime since 2022 reads.</summary>
    public const int IrVersion = 8;

    public const int Opset = 17;

    public static void Write(string path, OnnxGraph graph)
    {
        var model = new ProtoMessage().Number(1, graph.IrVersion).Text(2, "retort").Message(7, graph.ToMessage())
            .Message(8, new ProtoMessage().Text(1, "").Number(2, graph.Opset));
        foreach (var (key, text) in graph.MetadataEntries)
            model.Message(14, new ProtoMessage().Text(1, key).Text(2, text));
        if (model.Length > int.MaxValue)
            throw new RetortException(path, $"the model takes {model.Length} bytes",
                $"expected at most {int.MaxValue}: Protocol Buffers end there", "export a smaller student");
        AtomicFile.Write(path, model.WriteTo);
    }
}
