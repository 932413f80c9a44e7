using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class EncoderCheckpointTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(EncoderFamily.Bert)]
    [InlineData(EncoderFamily.DistilBert)]
    public void WhatIsSavedIsLoadedAgain(EncoderFamily family)
    {
        using var made = Made(family);
        made.Save(_folder.Path);
        using var loaded = EncoderCheckpoint.Load(_folder.Path, _device);
        Assert.Equal(Numbers(made), Numbers(loaded));
        Assert.Equal(["a", "b", "c"], loaded.Config.Classes);
    }

    /// <summary>What stands behind the encoder lies where sentence-transformers has it, and comes back.</summary>
    [Theory]
    [InlineData(0, "float32")]
    [InlineData(12, "float32")]
    [InlineData(12, "bfloat16")]
    public void VectorsOfTextsAreLoadedAgain(int embedding, string stored)
    {
        using var made = Made(EncoderFamily.Bert, new SentenceModules(8, embedding), stored);
        made.Save(_folder.Path);
        using var loaded = EncoderCheckpoint.Load(_folder.Path, _device);
        Assert.Equal(new SentenceModules(8, embedding), loaded.Config.Sentences);
        if (stored == "float32") Assert.Equal(Numbers(made, made.Model.Embed), Numbers(loaded, loaded.Model.Embed));
        else Assert.All(Numbers(made, made.Model.Embed).Zip(Numbers(loaded, loaded.Model.Embed)), pair =>
            Assert.Equal(pair.First, pair.Second, 0.05f));
        using var weights = ShardedWeights.Open(_folder.Path);
        Assert.DoesNotContain(weights.Names, name => name.StartsWith(Bert.SentenceDense, StringComparison.Ordinal));
        if (embedding == 0) return;
        using var dense = ShardedWeights.Open(_folder.At("2_Dense"));
        Assert.Equal(["linear.bias", "linear.weight"], dense.Names.Order(StringComparer.Ordinal));
        Assert.Equal([12, 8], dense.Entry("linear.weight").Shape);
        File.Delete(_folder.At("2_Dense/model.safetensors"));
        Assert.Contains("2_Dense", Assert.ThrowsAny<RetortException>(() => EncoderCheckpoint.Load(_folder.Path, _device)).Location,
            StringComparison.Ordinal);
    }

    /// <summary>A classifier that is written into the folder of an encoder of sentences is none.</summary>
    [Fact]
    public void AListOfPartsThatWasThereBeforeIsGone()
    {
        using var sentences = Made(EncoderFamily.Bert, new SentenceModules(8, 0));
        sentences.Save(_folder.Path);
        using var made = Made(EncoderFamily.Bert);
        made.Save(_folder.Path);
        using var loaded = EncoderCheckpoint.Load(_folder.Path, _device);
        Assert.Null(loaded.Config.Sentences);
    }

    /// <summary>The first published files of BERT call the weights and biases of norms gamma and beta.</summary>
    [Fact]
    public void OldNamesOfNormsAreRead()
    {
        using var made = Made(EncoderFamily.Bert);
        made.Save(_folder.Path);
        SafetensorsWriter.Write(_folder.At("model.safetensors"), [.. made.Model.Weights.Parameters.Select(parameter =>
            SafetensorsTensor.FromFloats(parameter.Name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
                .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
                parameter.Shape.ToArray(), _device.ToFloats(parameter.Value))),
            SafetensorsTensor.FromLongs("bert.embeddings.position_ids", [1, 2], [0, 1])]);
        using var loaded = EncoderCheckpoint.Load(_folder.Path, _device);
        Assert.Equal(Numbers(made), Numbers(loaded));
    }

    [Fact]
    public void ALongTextIsRefusedByItsNumbers()
    {
        using var made = Made(EncoderFamily.DistilBert);
        using var step = new Step(_device);
        step.Begin(training: false);
        var error = Assert.Throws<RetortException>(() => made.Model.Forward(step, step.Constant(new Shape(1, 17), new int[17])));
        Assert.Equal(("was given a text of 17 tokens.", "at most 16: the model knows no position beyond."), (error.What, error.Expected));
    }

    private EncoderCheckpoint Made(EncoderFamily family, SentenceModules? sentences = null, string stored = "float32")
    {
        var config = new EncoderConfig(family, 32, 8, 12, 2, 2, 16, ["a", "b", "c"], family == EncoderFamily.Bert ? 2 : 0, 1e-12, "gelu", 0,
            stored) { Sentences = sentences };
        var model = EncoderCheckpoint.Create(config);
        model.Build(_device, new Seed(1));
        return new(model, config);
    }

    private float[] Numbers(EncoderCheckpoint checkpoint, Func<Step, Tensor, Tensor>? answer = null)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var tokens = step.Constant(new Shape(2, 5), [1, 2, 3, 4, 5, 31, 30, 29, 28, 27]);
        return _device.ToFloats((answer ?? checkpoint.Model.Forward)(step, tokens));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }
}
