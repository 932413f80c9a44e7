using System.Text;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Formats.Onnx;
using Retort.Formats.Safetensors;
using Retort.Formats.Tokenizers.Vocabularies;

namespace Retort.Tests.Fuzz;

/// <summary>Weights and graphs.</summary>
internal static class ModelFileParsers
{
    public static IReadOnlyList<ParserCase> All { get; } =
    [
        ParserCase.OfFile("safetensors", [ParserCase.Written(path => SafetensorsWriter.Write(path,
            [SafetensorsTensor.FromFloats("w", [2, 2], [1, 2, 3, 4]), SafetensorsTensor.FromInts("n", [], [5])],
            new Dictionary<string, string> { ["format"] = "pt" }))], "m.safetensors", Safetensors)
            .With("[", "]", "{", "}", ",", "\"w\":", "\"dtype\":\"F64\"", "\"data_offsets\":[0,16]", "\\ud800", "BF16"),
        ParserCase.OfFile("gguf", [ParserCase.Written(Gguf), ParserCase.Written(Vocabulary)], "m.gguf", ReadGguf),
        ParserCase.OfFile("onnx", [ParserCase.Written(path => OnnxWriter.Write(path, Graph()))], "m.onnx", path =>
        {
            var model = OnnxReader.Read(path);
            NodeOrder.Of(model.Graph, [.. model.Graph.Outputs.Select(output => output.Name)], path);
        }),
        new ParserCase("onnx tensor", [Tensor()], bytes => OnnxReader.ReadTensor(bytes, "t")),
        ParserCase.OfFile("weights index", [Encoding.UTF8.GetBytes(
            """{"metadata": {"total_size": 24}, "weight_map": {"w": "a.safetensors", "v": "b.safetensors"}}""")],
            ShardedWeights.IndexFile, path => _ = ShardedWeights.ShardsOf(path)).With("../", "/etc/passwd", "a.safetensors", "\\u0000", "{", "}", "\""),
    ];

    private static OnnxGraph Graph() => new OnnxGraph("small").Input("x", OnnxType.Float, OnnxGraph.Batch, 2)
        .Initializer("w", [2, 2], [1.5f, -2, 0, 4]).Initializer("shape", [2], [-1L, 2])
        .Node("Gemm", ["x", "w"], ["g"], OnnxAttribute.Float("alpha", 0.5f), OnnxAttribute.Int("transB", 1))
        .Node("Reshape", ["g", "shape"], ["y"], OnnxAttribute.Ints("made", 3, -4), OnnxAttribute.Text("text", "ä"))
        .Output("y", OnnxType.Float, OnnxGraph.Batch, 2);

    /// <summary>dims 2 and 2, type float, its bytes, its name.</summary>
    private static byte[] Tensor() => [0x08, 2, 0x08, 2, 0x10, 1, 0x4A, 16, .. new byte[16], 0x42, 1, (byte)'w'];

    private static void Safetensors(string path)
    {
        using var reader = SafetensorsReader.Open(path);
        foreach (var (name, entry) in reader.Entries)
            if (entry.DataType.IsFloat()) reader.ReadFloats(name, new float[entry.Elements]);
            else reader.ReadInts(name, new int[entry.Elements]);
    }

    private static void Gguf(string path) => GgufWriter.Write(path, [("a", GgufValue.Of("text")), ("words", GgufValue.Of(["b", "c"]))],
        [new GgufTensor("q", GgufType.Q4_0, [32], new float[32]), new GgufTensor("t", GgufType.F32, [2, 4], new float[8])]);

    private static void Vocabulary(string path) => GgufWriter.Write(path,
    [
        ("general.architecture", GgufValue.Of("llama")), ("tokenizer.ggml.model", GgufValue.Of("gpt2")),
        ("tokenizer.ggml.pre", GgufValue.Of("gpt-2")), ("tokenizer.ggml.tokens", GgufValue.Of(["t", "h", "th", "e", "<s>"])),
        ("tokenizer.ggml.token_type", GgufValue.Of([1, 1, 1, 1, 3])), ("tokenizer.ggml.merges", GgufValue.Of(["t h"])),
        ("tokenizer.ggml.bos_token_id", GgufValue.Of(4u)), ("tokenizer.ggml.add_bos_token", GgufValue.Of(true)),
    ], [new GgufTensor("t", GgufType.F32, [2, 4], new float[8])]);

    private static void ReadGguf(string path)
    {
        using var reader = GgufReader.Open(path);
        foreach (var entry in reader.Entries.Values.Where(entry => BlockFormats.Of(entry.DataType) is not null))
            reader.ReadFloats(entry.Name, new float[entry.Elements]);
        if (reader.Metadata.ContainsKey("tokenizer.ggml.tokens")) GgufVocabulary.Read(reader).Encode("the <s> x");
    }
}
