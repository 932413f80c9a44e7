using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Export;

public sealed class GgufExportTests
{
    private static readonly CausalConfig Llama = new()
    {
        Family = CausalFamily.Llama, VocabularySize = 50, HiddenSize = 32, IntermediateSize = 64, Layers = 2, Heads = 4, KeyValueHeads = 2,
        HeadWidth = 8, Positions = 64, Rope = new RopeConfig(RopeKind.Default, 10_000), Windows = [0, 0],
    };

    public static TheoryData<string> Families => ["llama", "stretched", "llama3", "biased", "tied", "qwen2", "qwen3", "gemma3", "gemma3-27b"];

    /// <summary>The same model comes back: in float32 to the last digits, else within what the type's steps allow.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void ReadsBackAsTheSameModel(string family)
    {
        var config = Config(family);
        using var device = new CpuDevice(1);
        using var model = LanguageCheckpoint.Create(config);
        model.Build(device, new Seed(3));
        Disturb(model, device);
        using var folder = new TemporaryFolder();
        int[] text = [.. Enumerable.Range(0, 30).Select(i => i * 37 % config.VocabularySize)];
        var wanted = GoldenGgufTests.LogProbabilities(model, text);
        foreach (var precision in GgufPrecision.All)
        {
            GgufExport.Write(folder.At("m.gguf"), "m", model, config, [("tokenizer.ggml.model", GgufValue.Of("none"))], precision);
            using var back = GgufCheckpoint.Load(folder.At("m.gguf"), device);
            // a step of a block is its largest value over 127 or 8, and a uniform error is a step over the root of 12
            Assert.InRange(Error(model, back), 0, precision.Name switch
            {
                "f32" => 1e-7, "f16" => 3e-4, "bf16" => 3e-3, "q8_0" => 7e-3, _ => 0.1,
            });
            if (precision.Name != "f32") continue;
            var found = GoldenGgufTests.LogProbabilities(back, text);
            for (var i = 0; i < text.Length; i++)
                for (var token = 0; token < config.VocabularySize; token++) Assert.Equal(wanted[i][token], found[i][token], 1e-5);
        }
    }

    [Fact]
    public void ModelsThatLlamaCppWouldReadOtherwiseAreRefused()
    {
        void Refused(string what, CausalConfig config)
        {
            using var device = new CpuDevice(1);
            using var model = LanguageCheckpoint.Create(config);
            model.Build(device, new Seed(1));
            var error = Assert.Throws<RetortException>(() => GgufExport.Write("never.gguf", "m", model, config, [], GgufPrecision.All[0]));
            Assert.Contains(what, error.What, StringComparison.Ordinal);
        }
        Refused("the activation gelu", Llama with { Activation = "gelu" });
        Refused("YaRN", Llama with { Rope = new RopeConfig(RopeKind.Yarn, 10_000, 4, 16, 1, 32) });
        Refused("Llama 3's rotary", Config("qwen2") with { Rope = new RopeConfig(RopeKind.Llama3, 10_000, 4, 16, 1, 4) });
        Refused("biases in attention", Config("qwen3") with { AttentionBias = true });
        Refused("biases in attention", Config("gemma3") with { AttentionBias = true });
        Refused("√16", Config("gemma3-27b") with { QueryScalar = 16 });
        Refused("√9", Llama with { QueryScalar = 9 });
        Refused("windows of 4, 4", Llama with { Windows = [4, 4] });
        Refused("windows of 0, 4", Config("gemma3") with { Layers = 2, Windows = [0, 4] });
        Assert.False(File.Exists("never.gguf"));
    }

    [Theory]
    [InlineData("q4_K_M", "blk.0.attn_q.weight", 512, GgufType.Q4_K)]
    [InlineData("q4_K_M", "blk.2.ffn_down.weight", 512, GgufType.Q6_K)]
    [InlineData("q4_K_M", "blk.1.ffn_down.weight", 512, GgufType.Q4_K)]
    [InlineData("q4_K_M", "blk.2.attn_v.weight", 96, GgufType.Q8_0)]
    [InlineData("q4_K_M", "blk.1.attn_v.weight", 96, GgufType.Q5_0)]
    [InlineData("q4_K_M", "output.weight", 256, GgufType.Q6_K)]
    [InlineData("q4_K_M", "token_embd.weight", 256, GgufType.Q4_K)]
    [InlineData("q4_0", "output.weight", 64, GgufType.Q8_0)]
    [InlineData("q4_0", "token_embd.weight", 64, GgufType.Q4_0)]
    [InlineData("q8_0", "blk.0.ffn_up.weight", 40, GgufType.F16)]
    public void TypesFollowThePlaceAndTheRow(string precision, string tensor, int row, GgufType expected)
    {
        int? layer = tensor[0] == 'b' ? tensor[4] - '0' : null;
        Assert.Equal(expected, GgufPrecision.All.Single(known => known.Name == precision).TypeOf(tensor, [64, row], layer, 4, tied: false));
    }

    private static CausalConfig Config(string family) => family switch
    {
        "stretched" => Llama with { Rope = new RopeConfig(RopeKind.Linear, 500_000, 2) },
        "llama3" => Llama with { Rope = new RopeConfig(RopeKind.Llama3, 500_000, 8, 32, 1, 4) },
        "biased" => Llama with { AttentionBias = true, OutputBias = true, FeedForwardBias = true },
        "tied" => Llama with { TiedHead = true },
        "qwen2" => Llama with { Family = CausalFamily.Qwen2, AttentionBias = true },
        "qwen3" => Llama with { Family = CausalFamily.Qwen3, HeadWidth = 16 },
        "gemma3-27b" => Config("gemma3") with
        {
            Layers = 62, Windows = [.. Enumerable.Range(1, 62).Select(i => i % 6 == 0 ? 0 : 8)], HeadWidth = 16, QueryScalar = 8,
        },
        "gemma3" => Llama with
        {
            Family = CausalFamily.Gemma3, Layers = 6, Windows = [8, 8, 8, 8, 8, 0], TiedHead = true, Activation = "gelu_pytorch_tanh",
            Rope = new RopeConfig(RopeKind.Default, 1_000_000), WindowRope = new RopeConfig(RopeKind.Default, 10_000),
        },
        _ => Llama,
    };

    /// <summary>Norms and biases begin as ones and noughts, which hide mistakes.</summary>
    private static void Disturb(Gpt model, CpuDevice device)
    {
        var seed = 1UL;
        foreach (var parameter in model.Weights.Parameters)
        {
            var values = device.ToFloats(parameter.Value);
            for (var i = 0; i < values.Length; i++) values[i] += (Hostile.Mix(seed, (ulong)i) % 1000 - 499.5f) / 5000;
            device.Write(parameter.Value, values);
            seed++;
        }
    }

    private static double Error(Gpt wanted, Gpt found)
    {
        var (errors, squares) = (0.0, 0.0);
        foreach (var (a, b) in wanted.Weights.Parameters.Zip(found.Weights.Parameters))
            foreach (var (x, y) in a.Value.Device.ToFloats(a.Value).Zip(b.Value.Device.ToFloats(b.Value)))
                (errors, squares) = (errors + (x - y) * (double)(x - y), squares + (double)x * x);
        return Math.Sqrt(errors / squares);
    }
}
