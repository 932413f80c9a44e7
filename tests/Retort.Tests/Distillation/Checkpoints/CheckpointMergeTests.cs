using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Merging;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class CheckpointMergeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TypesShapesAndFilesAreThoseOfTheFirst()
    {
        var (a, b) = (Written("a", 1, SafetensorsType.BF16), Written("b", 3, SafetensorsType.F32));
        File.WriteAllText(Path.Combine(a, "tokenizer.json"), "first");
        File.WriteAllText(Path.Combine(b, "tokenizer.json"), "second");
        using (var merge = new CheckpointMerge([a, b], null, new LinearMerge([1, 1]))) merge.Write(_folder.At("out"), shardBytes: 8);
        using var weights = ShardedWeights.Open(_folder.At("out"));
        Assert.Equal(["half", "ids", "matrix", "wide"], weights.Names.Order());
        Assert.Equal([2f, 4, 6, 8], Floats(weights, "matrix"));
        Assert.Equal([2f, 4], Floats(weights, "half"));
        Assert.Equal([2f], Floats(weights, "wide"));
        Assert.Equal([SafetensorsType.BF16, SafetensorsType.F16, SafetensorsType.F64, SafetensorsType.I64],
            new[] { "matrix", "half", "wide", "ids" }.Select(name => weights.Entry(name).DataType));
        Assert.Equal([2L, 2], weights.Entry("matrix").Shape);
        Assert.Equal(7, weights.Bytes("ids")[0]);
        Assert.Equal("first", File.ReadAllText(_folder.At("out/tokenizer.json")));
        Assert.Equal("{}", File.ReadAllText(_folder.At("out/config.json")));
        Assert.True(Directory.GetFiles(_folder.At("out"), "model-*.safetensors").Length > 1);
    }

    [Fact]
    public void TheBaseIsRead()
    {
        string[] models = [Written("a", 2), Written("b", 3)];
        using (var merge = new CheckpointMerge(models, Written("base", 1), new TaskArithmeticMerge([2, 1]))) merge.Write(_folder.At("out"));
        using var weights = ShardedWeights.Open(_folder.At("out"));
        Assert.Equal([5f, 10, 15, 20], Floats(weights, "matrix")); // 1 + 2·1 + 1·2 times [1, 2, 3, 4]
    }

    [Fact]
    public void WhatDoesNotFitIsSaidWithBothSides()
    {
        var (a, shape, names) = (Written("a", 1), Written("shape", 1), Written("names", 1));
        Write(shape, [SafetensorsTensor.FromFloats("matrix", [4, 1], new float[4]), .. Others(1)]);
        Write(names, [SafetensorsTensor.FromFloats("matrices", [2, 2], new float[4]), .. Others(1)]);
        var error = Refused([a, shape]);
        Assert.Equal("tensor 'matrix' has shape [4, 1].", error.What);
        Assert.Equal($"[2, 2], as in {a}.", error.Expected);
        Assert.Equal($"lacks 'matrix' of {a}, and has 'matrices' beside.", Refused([a, names]).What);
        Assert.Equal("tensor 'matrix' has shape [4, 1].", Refused([a, a], shape, new TaskArithmeticMerge([1, 1])).What);
        var ids = Written("ids", 1);
        Write(ids, [Tensors(1)[0], .. Others(1)[..^1], SafetensorsTensor.FromLongs("ids", [1], [8])]);
        Assert.Contains("tensor 'ids' (I64) differs", Refused([a, ids]).What, StringComparison.Ordinal);
        Assert.Equal("there is no base.", Refused([a, a], null, new TaskArithmeticMerge([1, 1])).What);
        Assert.Contains("would not be read", Refused([a, a], a).What, StringComparison.Ordinal);
        var bare = Written("bare", 1);
        File.Delete(Path.Combine(bare, "config.json"));
        Assert.Equal("there is no config.json.", Refused([bare, a]).What);
    }

    /// <summary>Two heads of four numbers and four heads of two have tensors of the same shapes.</summary>
    [Theory]
    [InlineData("{\"num_attention_heads\": 2}", "{\"num_attention_heads\": 4}", "says num_attention_heads = 4.", "2, as ")]
    [InlineData("{\"hidden_act\": \"silu\"}", "{}", "says hidden_act = nothing.", "\"silu\", as ")]
    [InlineData("{\"model_type\": \"llama\"}", "{\"model_type\": \"qwen2\"}", "says model_type = \"qwen2\".", "\"llama\", as ")]
    public void ModelsOfTheSameShapesThatComputeOtherwiseAreRefused(string first, string second, string what, string expected)
    {
        var (a, b) = (Written("a", 1), Written("b", 1));
        File.WriteAllText(Path.Combine(a, "config.json"), first);
        File.WriteAllText(Path.Combine(b, "config.json"), second);
        var error = Refused([a, b]);
        Assert.Equal((Path.Combine(b, "config.json"), what, $"{expected}in {a}."), (error.Location, error.What, error.Expected));
        File.WriteAllText(Path.Combine(b, "config.json"), "{");
        Assert.Equal("is no JSON object.", Refused([a, b]).What);
    }

    [Fact]
    public void NumbersThatDoNotFitTheTypeAreRefused()
    {
        var (a, large) = (Written("a", 1), Written("large", 30_000));
        using (var merge = new CheckpointMerge([large], a, new TaskArithmeticMerge([2])))
            Assert.Equal("element 1 would be 119998.", Assert.Throws<RetortException>(() => merge.Write(_folder.At("out"))).What);
        var bad = Written("bad", 1);
        Write(bad, [SafetensorsTensor.FromFloats("matrix", [2, 2], [0, float.NaN, 0, 0]), .. Others(1)]);
        using (var merge = new CheckpointMerge([a, bad], null, new LinearMerge([1, 1])))
            Assert.Equal("element 1 of tensor 'matrix' is NaN.", Assert.Throws<RetortException>(() => merge.Write(_folder.At("two"))).What);
        using (var merge = new CheckpointMerge([a, a], null, new LinearMerge([1, 1])))
            Assert.Equal("is there already, and not empty.", Assert.Throws<RetortException>(() => merge.Write(a)).What);
    }

    public void Dispose() => _folder.Dispose();

    private static RetortException Refused(string[] folders, string? start = null, IMergeMethod? method = null) =>
        Assert.Throws<RetortException>(() => new CheckpointMerge(folders, start, method ?? new LinearMerge([1, 1])).Dispose());

    private static float[] Floats(ShardedWeights weights, string name)
    {
        var values = new float[weights.Entry(name).Elements];
        weights.ReadFloats(name, values);
        return values;
    }

    private string Written(string name, float factor, SafetensorsType type = SafetensorsType.F32)
    {
        var folder = _folder.At(name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), "{}");
        Write(folder, Tensors(factor, type));
        return folder;
    }

    private static void Write(string folder, IReadOnlyList<SafetensorsTensor> tensors) =>
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);

    private static SafetensorsTensor[] Tensors(float factor, SafetensorsType type = SafetensorsType.F32)
    {
        float[] values = [factor, 2 * factor, 3 * factor, 4 * factor];
        return [type == SafetensorsType.BF16 ? SafetensorsTensor.FromFloatsAsBFloat16("matrix", [2, 2], values)
            : SafetensorsTensor.FromFloats("matrix", [2, 2], values), .. Others(factor)];
    }

    private static SafetensorsTensor[] Others(float factor) =>
    [
        SafetensorsTensor.FromFloatsAsHalf("half", [2], [factor, 2 * factor]),
        new("wide", SafetensorsType.F64, [1], BitConverter.GetBytes((double)factor)),
        SafetensorsTensor.FromLongs("ids", [1], [7]),
    ];
}
