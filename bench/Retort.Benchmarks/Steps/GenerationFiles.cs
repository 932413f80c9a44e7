using Retort.Export;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Benchmarks.Steps;

/// <summary>The model of <see cref="Generation"/> in files that llama.cpp reads.</summary>
public static class GenerationFiles
{
    private const string Keys = "tokenizer.ggml.";

    /// <summary>A file for each work: <c>generate-f32.gguf</c>, <c>generate-q8.gguf</c>.</summary>
    /// <param name="folder">Made if it is not there.</param>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        using var device = new CpuDevice(1);
        using var model = GptModel.CreateLlama(device, Generation.Positions);
        var shape = model.Sizes;
        var config = new CausalConfig
        {
            Family = CausalFamily.Llama, VocabularySize = shape.Vocabulary, HiddenSize = shape.Width, IntermediateSize = shape.Hidden,
            Layers = shape.Layers, Heads = shape.Heads, KeyValueHeads = shape.KeyHeads, HeadWidth = shape.HeadWidth,
            Positions = shape.Positions, NormEpsilon = shape.Epsilon, Rope = new RopeConfig(RopeKind.Default, 10_000),
            Windows = new int[shape.Layers],
        };
        foreach (var (name, precision) in new[] { ("generate-f32", "f32"), ("generate-q8", "q8_0") })
            GgufExport.Write(Path.Combine(folder, name + ".gguf"), name, model, config, Vocabulary(shape.Vocabulary),
                GgufPrecision.All.Single(known => known.Name == precision));
    }

    /// <summary>Tokens with a name each and one merge: the works are given ids, but readers want a vocabulary.</summary>
    private static IReadOnlyList<(string, GgufValue)> Vocabulary(int tokens) =>
    [
        (Keys + "model", GgufValue.Of("gpt2")), (Keys + "pre", GgufValue.Of("gpt-2")),
        (Keys + "tokens", GgufValue.Of([.. Enumerable.Range(0, tokens).Select(id => id switch { 0 => "t", 1 => "0", 2 => "t0", _ => $"t{id}" })])),
        (Keys + "token_type", GgufValue.Of(Enumerable.Repeat(1, tokens).ToArray())), (Keys + "merges", GgufValue.Of(["t 0"])),
        (Keys + "add_bos_token", GgufValue.Of(false)), (Keys + "add_eos_token", GgufValue.Of(false)),
    ];
}
