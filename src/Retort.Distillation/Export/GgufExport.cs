using System.Globalization;
using Retort.Checkpoints;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Export;

/// <summary>A causal language model as a GGUF file, as llama.cpp's converter lays it out.</summary>
public static class GgufExport
{
    private const string FileType = "general.file_type";

    /// <param name="path">The file to make or replace.</param>
    /// <param name="name">Of the model, for people.</param>
    /// <param name="model">With its numbers.</param>
    /// <param name="config">What it is.</param>
    /// <param name="vocabulary">Keys that begin with tokenizer.</param>
    /// <param name="precision">Types of the tensors.</param>
    /// <exception cref="RetortException">llama.cpp would read the file as another model.</exception>
    public static void Write(string path, string name, Gpt model, CausalConfig config, IReadOnlyList<(string, GgufValue)> vocabulary,
        GgufPrecision precision)
    {
        Check(path, config);
        model.RefuseAdapters();
        var shape = model.Sizes;
        var layout = new GgufLayout(shape, config.Family == CausalFamily.Llama);
        var tensors = new List<GgufTensor>();
        foreach (var parameter in model.Weights.Parameters)
        {
            var tensor = GgufNames.Of(parameter.Name, shape.OutputNorms);
            long[] extents = parameter.Shape.ToArray();
            tensors.Add(new GgufTensor(tensor, precision.TypeOf(tensor, extents, LayerOf(tensor), shape.Layers, shape.TiedHead), extents,
                layout.ToFile(parameter, parameter.Value.Device.ToFloats(parameter.Value))));
        }
        if (config.Rope.Kind == RopeKind.Llama3)
            tensors.Add(new GgufTensor(GgufNames.RotaryFactors, GgufType.F32, [shape.HeadWidth / 2], Factors(config, shape)));
        GgufWriter.Write(path, [.. Metadata(name, config, precision), .. vocabulary], tensors);
    }

    /// <summary>A GGUF file in another precision: its metadata as they are, its tensors rounded again.</summary>
    /// <param name="source">The file that is read.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="precision">Types of the tensors.</param>
    public static void WriteAgain(string source, string path, GgufPrecision precision)
    {
        using var file = GgufReader.Open(source);
        var layers = (int)file.Number($"{file.Text("general.architecture")}.block_count");
        var tied = !file.Entries.ContainsKey(GgufNames.Head);
        GgufTensor Tensor(GgufEntry entry)
        {
            var values = new float[entry.Elements];
            file.ReadFloats(entry.Name, values);
            return new(entry.Name, precision.TypeOf(entry.Name, entry.Shape, LayerOf(entry.Name), layers, tied), entry.Shape, values);
        }
        GgufWriter.Write(path, [.. file.Metadata.Where(pair => pair.Key is not (FileType or "general.alignment"))
            .Select(pair => (pair.Key, pair.Value)), (FileType, GgufValue.Of((uint)precision.FileType))],
            [.. file.Entries.Values.Select(Tensor)]);
    }

    /// <summary>Null = of no layer.</summary>
    private static int? LayerOf(string tensor) =>
        tensor.Split('.') is ["blk", var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : null;

    private static IEnumerable<(string, GgufValue)> Metadata(string name, CausalConfig config, GgufPrecision precision)
    {
        var family = Family(config);
        yield return ("general.architecture", GgufValue.Of(family));
        yield return ("general.type", GgufValue.Of("model"));
        yield return ("general.name", GgufValue.Of(name));
        (string, int)[] sizes =
        [
            ("block_count", config.Layers), ("context_length", config.Positions), ("embedding_length", config.HiddenSize),
            ("feed_forward_length", config.IntermediateSize), ("attention.head_count", config.Heads),
            ("attention.head_count_kv", config.KeyValueHeads), ("attention.key_length", config.HeadWidth),
            ("attention.value_length", config.HeadWidth), ("rope.dimension_count", config.HeadWidth), ("vocab_size", config.VocabularySize),
        ];
        foreach (var (key, size) in sizes) yield return ($"{family}.{key}", GgufValue.Of((uint)size));
        yield return ($"{family}.rope.freq_base", GgufValue.Of((float)config.Rope.Theta));
        yield return ($"{family}.attention.layer_norm_rms_epsilon", GgufValue.Of((float)config.NormEpsilon));
        if (config.Rope.Kind == RopeKind.Linear)
        {
            yield return ($"{family}.rope.scaling.type", GgufValue.Of("linear"));
            yield return ($"{family}.rope.scaling.factor", GgufValue.Of((float)config.Rope.Factor));
        }
        if (config.Family == CausalFamily.Gemma3)
        {
            yield return ($"{family}.attention.sliding_window", GgufValue.Of((uint)config.Windows.Max()));
            yield return ($"{family}.rope.freq_base_swa", GgufValue.Of((float)(config.WindowRope ?? config.Rope).Theta));
        }
        yield return (FileType, GgufValue.Of((uint)precision.FileType));
        yield return ("general.quantization_version", GgufValue.Of(2u));
    }

    private static string Family(CausalConfig config) => config.Family.ToString().ToLowerInvariant();

    /// <summary>What each frequency of the first training is divided by.</summary>
    private static float[] Factors(CausalConfig config, GptShape shape) =>
        [.. RotaryFrequencies.Of(shape.HeadWidth, config.Rope.Theta)
            .Zip(shape.Rotary!.Frequencies, (plain, slow) => (float)(plain / slow))];

    /// <summary>llama.cpp takes these from the family's name, so another value would be read as a different model without a word.</summary>
    private static void Check(string path, CausalConfig config)
    {
        var gemma = config.Family == CausalFamily.Gemma3;
        void Must(bool holds, string what, string expected)
        {
            if (!holds)
                throw new RetortException(path, $"the {Family(config)} has {what}.", expected, "export it to Hugging Face or ONNX.");
        }
        Must(config.Activation == (gemma ? "gelu_pytorch_tanh" : "silu"), $"the activation {config.Activation}",
            $"{(gemma ? "gelu_pytorch_tanh" : "silu")}, which is what llama.cpp computes.");
        Must(config.Rope.Kind != RopeKind.Yarn, "rotary positions stretched by YaRN", "plain, linear or Llama 3's.");
        Must(config.Rope.Kind != RopeKind.Llama3 || config.Family == CausalFamily.Llama, "Llama 3's rotary positions",
            "those of its own family.");
        Must(config.Family is CausalFamily.Llama or CausalFamily.Qwen2 || !config.AttentionBias, "biases in attention",
            "none: llama.cpp has no place for them.");
        var scalar = gemma ? GgufShape.GemmaScalar(config.Layers, config.HiddenSize, config.Heads, config.HeadWidth) : config.HeadWidth;
        var own = config.QueryScalar ?? config.HeadWidth;
        Must(own == scalar, $"scores divided by √{own}", $"√{scalar}, which is what llama.cpp divides by.");
        var expected = config.Windows.Select((_, i) => gemma && (i + 1) % GgufShape.GemmaPattern != 0);
        Must(config.Windows.Select(window => window > 0).SequenceEqual(expected)
            && config.Windows.Where(window => window > 0).Distinct().Count() < 2,
            $"windows of {string.Join(", ", config.Windows)}",
            gemma ? "five layers with one window and one without, in turns." : "none.");
        Must(config.WindowRope is not { Kind: not RopeKind.Default }, "stretched rotary positions in layers with a window", "plain ones.");
    }
}
