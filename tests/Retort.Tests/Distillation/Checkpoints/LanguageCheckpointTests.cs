using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class LanguageCheckpointTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<CausalFamily, string> Kinds
    {
        get
        {
            var data = new TheoryData<CausalFamily, string>();
            foreach (var family in Enum.GetValues<CausalFamily>())
                foreach (var type in new[] { "float32", "float16", "bfloat16" }) data.Add(family, type);
            return data;
        }
    }

    /// <summary>The narrow types round, once: what was read is written with the same bits.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatIsSavedIsLoadedAgain(CausalFamily family, string type)
    {
        using var made = Made(family) with { Config = Config(family) with { StoredType = type } };
        made.Save(_folder.At("a"), shardBytes: 400);
        Assert.True(Directory.GetFiles(_folder.At("a"), "model-*.safetensors").Length > 2);
        using var first = LanguageCheckpoint.Load(_folder.At("a"), _device);
        first.Save(_folder.At("b"));
        using var second = LanguageCheckpoint.Load(_folder.At("b"), _device);
        Assert.Equal(Numbers(first), Numbers(second));
        var worst = Numbers(made).Zip(Numbers(first), (x, y) => Math.Abs(x - y)).Max();
        Assert.True(type == "float32" ? worst == 0 : worst is > 0 and < 1e-2f, $"{worst}");
    }

    [Fact]
    public void WhatEndsAnAnswerIsSaidByItsOwnFileFirst()
    {
        using var made = Made(CausalFamily.Llama);
        Assert.Equal([7], made.EndTokens);
        made.Save(_folder.Path);
        new GenerationConfig { EndTokens = [7, 9], Sample = true, Temperature = 0.7, TopK = 20 }.Write(_folder.Path);
        using var loaded = LanguageCheckpoint.Load(_folder.Path, _device);
        Assert.Equal([7, 9], loaded.EndTokens);
    }

    [Fact]
    public void AStoredCopyOfATiedHeadAndComputedTensorsArePassedOver()
    {
        using var made = Made(CausalFamily.Qwen3);
        var tensors = Tensors(made);
        Write([.. tensors, SafetensorsTensor.FromFloats("lm_head.weight", [1], [1]),
            SafetensorsTensor.FromFloats("model.layers.0.self_attn.rotary_emb.inv_freq", [1], [1])]);
        using var loaded = LanguageCheckpoint.Load(_folder.Path, _device);
        Assert.Equal(Numbers(made), Numbers(loaded));
    }

    [Fact]
    public void ABaseModelLacksTheOuterName()
    {
        using var made = Made(CausalFamily.Qwen3);
        Write([.. Tensors(made).Select(tensor => tensor with { Name = tensor.Name["model.".Length..] })]);
        using var loaded = LanguageCheckpoint.Load(_folder.Path, _device);
        Assert.Equal(Numbers(made), Numbers(loaded));
    }

    [Fact]
    public void AMissingTensorIsNamed() => Refused(tensors => [.. tensors.Where(tensor => tensor.Name != "model.norm.weight")],
        "there is no tensor 'model.norm.weight'.");

    [Fact]
    public void ASurplusTensorIsNamed() => Refused(tensors => [.. tensors, SafetensorsTensor.FromFloats("model.layers.2.bias", [1], [0])],
        "nothing in the model is called 'model.layers.2.bias'.");

    [Fact]
    public void AWrongShapeIsNamed() => Refused(tensors => [.. tensors.Select(tensor => tensor.Name == "model.norm.weight"
        ? SafetensorsTensor.FromFloats(tensor.Name, [2, 4], new float[8]) : tensor)], "tensor 'model.norm.weight' has shape [2, 4].");

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void ANumberThatIsNoneIsNamed(float bad, string text) => Refused(tensors => [.. tensors.Select(tensor =>
        tensor.Name == "model.norm.weight"
            ? SafetensorsTensor.FromFloats(tensor.Name, [8], [0, 0, bad, 0, 0, 0, 0, 0])
            : tensor)],
        $"element 2 of tensor 'model.norm.weight' is {text}.");

    [Fact]
    public void WholeNumbersAreNoWeights() => Refused(tensors => [.. tensors.Select(tensor => tensor.Name == "model.norm.weight"
        ? SafetensorsTensor.FromInts(tensor.Name, [8], new int[8]) : tensor)], "tensor 'model.norm.weight' is I32.");

    /// <summary>Sizes that would take a petabyte are compared with the file before any memory is taken.</summary>
    [Fact]
    public void HugeSizesTakeNoMemory()
    {
        using var made = Made(CausalFamily.Llama);
        made.Save(_folder.Path);
        CausalConfigWriter.Write(_folder.At("config.json"),
            Config(CausalFamily.Llama) with { VocabularySize = 1 << 24, HiddenSize = 1 << 24 });
        Assert.Contains("has shape [32, 8]", Assert.Throws<RetortException>(() => LanguageCheckpoint.Load(_folder.Path, _device)).What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ALongContextIsRefusedByItsNumbers()
    {
        using var made = Made(CausalFamily.Llama);
        using var step = new Step(_device);
        step.Begin(training: false);
        var error = Assert.Throws<RetortException>(() => made.Model.Forward(step, step.Constant(new Shape(1, 65), new int[65])));
        Assert.Equal(("was given a context of 65 tokens.", "at most 64: the model knows no position beyond."), (error.What, error.Expected));
    }

    private static CausalConfig Config(CausalFamily family) => new()
    {
        Family = family, VocabularySize = 32, HiddenSize = 8, IntermediateSize = 12, Layers = 2, Heads = 2, KeyValueHeads = 1,
        HeadWidth = 4, Positions = 64, TiedHead = family is CausalFamily.Qwen3 or CausalFamily.Gemma3,
        AttentionBias = family == CausalFamily.Qwen2,
        Activation = family == CausalFamily.Gemma3 ? "gelu_pytorch_tanh" : "silu", Rope = new(RopeKind.Default, 10000),
        WindowRope = family == CausalFamily.Gemma3 ? new(RopeKind.Default, 1000) : null,
        Windows = family == CausalFamily.Llama ? [0, 0] : [3, 0], QueryScalar = family == CausalFamily.Gemma3 ? 4 : null, EndTokens = [7],
    };

    private LanguageCheckpoint Made(CausalFamily family)
    {
        var model = LanguageCheckpoint.Create(Config(family));
        model.Build(_device, new Seed(1));
        return new(model, Config(family), null);
    }

    private float[] Numbers(LanguageCheckpoint checkpoint)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(checkpoint.Model.Forward(step, step.Constant(new Shape(2, 5), [1, 2, 3, 4, 5, 31, 30, 29, 28, 27])));
    }

    private List<SafetensorsTensor> Tensors(LanguageCheckpoint made) => [.. made.Model.Weights.Parameters.Select(parameter =>
        SafetensorsTensor.FromFloats(parameter.Name, parameter.Shape.ToArray(), _device.ToFloats(parameter.Value)))];

    private void Write(IReadOnlyList<SafetensorsTensor> tensors)
    {
        CausalConfigWriter.Write(_folder.At("config.json"), Config(CausalFamily.Qwen3));
        SafetensorsWriter.Write(_folder.At("model.safetensors"), tensors);
    }

    private void Refused(Func<List<SafetensorsTensor>, IReadOnlyList<SafetensorsTensor>> change, string what)
    {
        using var made = Made(CausalFamily.Qwen3);
        Write(change(Tensors(made)));
        Assert.Equal(what, Assert.Throws<RetortException>(() => LanguageCheckpoint.Load(_folder.Path, _device)).What);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }
}
