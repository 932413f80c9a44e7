using System.Security.Cryptography;
using Retort.Formats.Files;
using Retort.Formats.Protobuf;

namespace Retort.Formats.Onnx;

/// <summary>Reads ONNX models, and tensors and lists as the conformance tests store them. See spec.md.</summary>
public static class OnnxReader
{
    private const string Content = "an ONNX model or tensor";

    /// <summary>Reads a model, plain or gzip, with the files that belong to it.</summary>
    public static OnnxModel Read(string path) => Read(ReadBytes(path), path, Path.GetDirectoryName(Path.GetFullPath(path)));

    /// <summary>A model's file as it is, unpacked where it is gzip.</summary>
    public static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var bytes = new MemoryStream();
        try
        {
            Copy(stream, bytes, path);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <param name="bytes">A ModelProto.</param>
    /// <param name="location">How errors call it.</param>
    /// <param name="folder">Where external data may lie; null = nowhere.</param>
    public static OnnxModel Read(ReadOnlyMemory<byte> bytes, string location, string? folder = null)
    {
        var tensors = new OnnxTensorReader(location, folder);
        var graphs = new OnnxGraphReader(tensors);
        var message = new ProtoReader(bytes, location, Content);
        var version = 0L;
        OnnxModelGraph? graph = null;
        List<OnnxFunction> functions = [];
        Dictionary<string, long> opsets = [];
        Dictionary<string, string> metadata = [];
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: version = message.Number(); break;
                case 7: graph = graphs.Graph(message.Message()); break;
                case 8: OnnxGraphReader.AddOpset(message.Message(), opsets); break;
                case 14: OnnxTensorReader.AddEntry(message.Message(), metadata); break;
                case 25: functions.Add(graphs.Function(message.Message())); break;
                default: message.Skip(); break;
            }
        }
        if (graph is null || graph.Outputs.Count == 0)
            throw new FormatException(location, graph is null ? "there is no graph in it" : "the graph has no output",
                "expected an ONNX model (ModelProto)", "check that this is the .onnx file");
        if (opsets.Count == 0)
            throw new FormatException(location, "it names no operator set", "expected opset_import, whose versions say what operators mean",
                "fetch the file again, or export the model again");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes.Span);
        foreach (var external in tensors.External)
            hash.AppendData(external);
        return new OnnxModel(location, Convert.ToHexStringLower(hash.GetHashAndReset()),
            bytes.Length + tensors.External.Sum(part => (long)part.Length), version, opsets, graph, functions, metadata);
    }

    /// <summary>A TensorProto.</summary>
    public static OnnxTensor ReadTensor(ReadOnlyMemory<byte> bytes, string location) =>
        new OnnxTensorReader(location, null).Read(new ProtoReader(bytes, location, Content));

    /// <summary>A SequenceProto or OptionalProto: tensors, or lists again.</summary>
    public static OnnxSequence ReadSequence(ReadOnlyMemory<byte> bytes, string location) =>
        Sequence(new ProtoReader(bytes, location, Content), new OnnxTensorReader(location, null));

    private static OnnxSequence Sequence(ProtoReader message, OnnxTensorReader tensors)
    {
        var name = "";
        List<object> items = [];
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: name = message.Text(); break;
                case 3: items.Add(tensors.Read(message.Message())); break;
                case 5 or 7: items.Add(Sequence(message.Message(), tensors)); break;
                default: message.Skip(); break;
            }
        }
        return new OnnxSequence(name, items);
    }

    private static void Copy(Stream source, MemoryStream destination, string path)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = source.Read(buffer)) > 0; destination.Write(buffer, 0, read))
            if (destination.Length + read > Array.MaxLength)
                throw new FormatException(path, $"the model takes more than {Array.MaxLength} bytes",
                    "expected at most 2 GiB: Protocol Buffers end there", "keep its constants in external files");
    }
}
