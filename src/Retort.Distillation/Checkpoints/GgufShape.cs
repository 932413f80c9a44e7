using Retort.Formats.Gguf;
using Retort.Nn.Models;
using Retort.Tensors.Devices;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Checkpoints;

/// <summary>Sizes of a causal model from a GGUF file's metadata. What llama.cpp derives from a family's name is derived here too.</summary>
internal static class GgufShape
{
    /// <summary>Gemma 3: every so many layers one sees all keys.</summary>
    public const int GemmaPattern = 6;
    public const double GemmaWindowBase = 10_000;

    private const int Largest = 1 << 24, LargestCount = 4096, LargestHead = 1 << 16, LayersOfGemma27B = 62;
    private static readonly string[] Families = ["llama", "qwen2", "qwen3", "gemma3"];

    /// <exception cref="FormatException">Another family, or a setting that this version cannot do.</exception>
    public static GptShape Of(GgufReader file)
    {
        var family = file.Text("general.architecture");
        if (!Families.Contains(family))
            throw new FormatException(file.Path, $"the model is of the family '{family}'", $"expected {string.Join(", ", Families)}");
        var gemma = family == "gemma3";
        int Whole(string key, int? absent = null, int largest = Largest) => WholeOf(file, $"{family}.{key}", absent, largest);
        bool Has(string tensor) => file.Entries.ContainsKey(tensor);
        var (width, heads) = (Whole("embedding_length"), Whole("attention.head_count", largest: LargestCount));
        var layers = Whole("block_count", largest: LargestCount);
        if (layers > file.Entries.Count)
            throw new FormatException(file.Path, $"'{family}.block_count' is {layers}, and there are {file.Entries.Count} tensors",
                "expected several tensors a layer", "the file is damaged: convert the model again");
        var headWidth = Whole("attention.key_length", width / heads, LargestHead);
        if (Whole("attention.value_length", headWidth) != headWidth || Whole("rope.dimension_count", headWidth) != headWidth)
            throw new FormatException(file.Path, "heads of keys, of values and their rotary part differ in width", "expected one width");
        var embedding = file.Entries.TryGetValue(GgufNames.Embedding, out var entry) && entry.Shape.Count == 2
            ? entry : throw new FormatException(file.Path, $"there is no matrix '{GgufNames.Embedding}'", "expected the embeddings");
        return new GptShape((int)Math.Min(embedding.Shape[0], int.MaxValue), width, layers, heads,
            Whole("attention.head_count_kv", heads, LargestCount), headWidth, Whole("feed_forward_length"), Whole("context_length"),
            !Has(GgufNames.Head), file.Number($"{family}.attention.layer_norm_rms_epsilon"))
        {
            AttentionBias = Has("blk.0.attn_q.bias"), OutputBias = Has("blk.0.attn_output.bias"), HiddenBias = Has("blk.0.ffn_down.bias"),
            HeadNorms = gemma || family == "qwen3", OutputNorms = gemma, NormOffset = gemma ? 1 : 0,
            EmbeddingScale = gemma ? Math.Sqrt(width) : 1, Gate = gemma ? Unary.GeluTanh : Unary.Silu,
            AttentionScale = gemma ? 1 / Math.Sqrt(GemmaScalar(layers, width, heads, headWidth)) : null,
            Rotary = new RotaryAngles(Frequencies(file, family, headWidth)),
            WindowRotary = gemma ? new RotaryAngles(RotaryFrequencies.Of(headWidth,
                Optional(file, "gemma3.rope.freq_base_swa", GemmaWindowBase))) : null,
            Windows = gemma ? [.. Enumerable.Range(1, layers).Select(i => i % GemmaPattern == 0 ? 0 : Whole("attention.sliding_window"))]
                : null,
        };
    }

    /// <summary>
    /// Whose root Gemma 3's scores are divided by: the width of a head, but in the model of 27 billion, which llama.cpp knows by its
    /// layers, what each head has of the stream's width.
    /// </summary>
    public static int GemmaScalar(int layers, int width, int heads, int headWidth) =>
        layers == LayersOfGemma27B ? width / heads : headWidth;

    private static double[] Frequencies(GgufReader file, string family, int width)
    {
        var plain = RotaryFrequencies.Of(width, Optional(file, $"{family}.rope.freq_base", 10_000));
        if (file.Entries.ContainsKey(GgufNames.RotaryFactors))
        {
            var factors = new float[width / 2];
            file.ReadFloats(GgufNames.RotaryFactors, factors);
            plain = [.. plain.Zip(factors, (frequency, factor) => frequency / factor)];
        }
        var scaling = file.Metadata.ContainsKey($"{family}.rope.scaling.type") ? file.Text($"{family}.rope.scaling.type") : "none";
        return scaling switch
        {
            "none" => plain,
            "linear" => RotaryFrequencies.Linear(plain, file.Number($"{family}.rope.scaling.factor")),
            _ => throw new FormatException(file.Path, $"rotary positions are stretched by '{scaling}'", "expected none or linear",
                "take the model's Hugging Face folder"),
        };
    }

    private static double Optional(GgufReader file, string key, double absent) =>
        file.Metadata.ContainsKey(key) ? file.Number(key) : absent;

    private static int WholeOf(GgufReader file, string key, int? absent, int largest)
    {
        if (absent is { } given && !file.Metadata.ContainsKey(key)) return given;
        var number = file.Number(key);
        return number >= 1 && number <= largest && number == Math.Floor(number) ? (int)number
            : throw new FormatException(file.Path, $"'{key}' is {number:R}", $"expected a whole number from 1 to {largest}");
    }
}
