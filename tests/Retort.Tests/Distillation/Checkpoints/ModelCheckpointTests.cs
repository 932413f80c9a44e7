using Retort.Checkpoints;
using Retort.Data.Tables;
using Retort.Formats.Safetensors;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class ModelCheckpointTests
{
    private static readonly ModelDescription Linear = new(new ModelRecipe { Kind = "mlp" }, [3], ["a", "b"]);

    [Fact]
    public void BitForBit()
    {
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        using var model = new ConvNet(new Shape(1, 4, 4), [2, 3], 2);
        model.Build(device, new Seed(5));
        device.Kernels.Fill(model.Weights.FlatState.Storage, 0.3);
        ModelCheckpoint.Save(folder.Path, model, new(new ModelRecipe { Kind = "conv-net", Channels = [2, 3] }, [1, 4, 4], ["a", "b"]));
        var (loaded, description) = ModelCheckpoint.Load(folder.Path, device);
        using (loaded)
        {
            foreach (var (saved,
                read) in model.Weights.Parameters.Concat(model.Weights.States).Zip(loaded.Weights.Parameters.Concat(loaded.Weights.States)))
                Assert.Equal(device.ToFloats(saved.Value), device.ToFloats(read.Value));
            Assert.Equal(["a", "b"], description.ClassNames);
        }
    }

    /// <summary>The layer behind the mean lies apart, and counts wherever the model's files do.</summary>
    [Fact]
    public void AnEncoderOfSentencesIsWhole()
    {
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        var recipe = new ModelRecipe { Kind = "bert", Width = 6, Layers = 1, Heads = 2, Vocabulary = 9, Embedding = 4 };
        using var model = (Bert)ModelBuilder.Create(recipe, [5], 2);
        model.Build(device, new Seed(5));
        ModelCheckpoint.Save(folder.At("one"), model, new(recipe, [5], ["a", "b"]));
        ModelCheckpoint.Copy(folder.At("one"), folder.At("other"));
        var (loaded, _) = ModelCheckpoint.Load(folder.At("other"), device);
        using (loaded)
            foreach (var (saved, read) in model.Weights.Parameters.Zip(loaded.Weights.Parameters))
                Assert.Equal(device.ToFloats(saved.Value), device.ToFloats(read.Value));
        Assert.Equal(ModelCheckpoint.Hash(folder.At("one")), ModelCheckpoint.Hash(folder.At("other")));
        long Length(string file) => new FileInfo(folder.At(file)).Length;
        Assert.Equal(Length("one/model.safetensors") + Length("one/2_Dense/model.safetensors"), ModelCheckpoint.Bytes(folder.At("one")));
        var dense = model.Weights.Parameters.Single(parameter => parameter.Name == "sentence.dense.bias").Value;
        device.Write(dense, new float[] { 1, 2, 3, 4 });
        ModelCheckpoint.Save(folder.At("other"), model, new(recipe, [5], ["a", "b"]));
        Assert.NotEqual(ModelCheckpoint.Hash(folder.At("one")), ModelCheckpoint.Hash(folder.At("other")));
        File.Delete(folder.At("one/2_Dense/model.safetensors"));
        Assert.Contains("2_Dense", Assert.ThrowsAny<RetortException>(() => ModelCheckpoint.Load(folder.At("one"), device)).Location,
            StringComparison.Ordinal);
    }

    /// <summary>A model of a number has one output and says which number; neither goes without the other.</summary>
    [Theory]
    [InlineData(1, 2.5, true)]
    [InlineData(1, 0.0, false)]
    [InlineData(2, 2.5, false)]
    [InlineData(1, null, false)]
    [InlineData(2, null, true)]
    public void ANumberHasOneOutput(int outputs, double? deviation, bool whole)
    {
        var description = Linear with
        {
            ClassNames = [.. Enumerable.Range(0, outputs).Select(i => $"{i}")],
            Target = deviation is { } given ? new TargetColumn("y", 1 / 3.0, given) : null,
        };
        if (whole) Assert.Equal(description.Target, ModelDescription.FromJson(description.ToJson(), "model.json").Target);
        else Assert.Throws<RetortException>(() => ModelDescription.FromJson(description.ToJson(), "model.json"));
    }

    [Theory]
    [InlineData("missing", "has no tensor 'output.bias'")]
    [InlineData("shape", "tensor 'output.weight' has shape [2, 4]")]
    [InlineData("surplus", "has a tensor 'other'")]
    [InlineData("infinite", "tensor 'output.bias' holds a value that is not finite")]
    public void WrongTensorsAreNamed(string fault, string sentence)
    {
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        var columns = fault == "shape" ? 4 : 3;
        List<SafetensorsTensor> tensors = [SafetensorsTensor.FromFloats("output.weight", [2, columns], new float[2 * columns])];
        if (fault != "missing") tensors.Add(SafetensorsTensor.FromFloats("output.bias", [2], [0, fault == "infinite" ? float.NaN : 0]));
        if (fault == "surplus") tensors.Add(SafetensorsTensor.FromFloats("other", [1], [0]));
        SafetensorsWriter.Write(folder.At(ModelCheckpoint.WeightsFile), tensors, new Dictionary<string, string>());
        folder.With(ModelCheckpoint.DescriptionFile, Linear.ToJson());
        Assert.Contains(sentence, Assert.Throws<RetortException>(() => ModelCheckpoint.Load(folder.Path, device)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("{}", "lacks model")]
    [InlineData("null", "lacks model")]
    [InlineData("""{"model":{"kind":"mlp"},"exampleShape":[3],"classNames":["only"]}""", "lacks model")]
    public void WrongDescriptions(string json, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<RetortException>(() => ModelDescription.FromJson(json, "model.json")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void AMissingFileIsNamed()
    {
        using var folder = new TemporaryFolder();
        folder.With(ModelCheckpoint.DescriptionFile, Linear.ToJson());
        Assert.Contains("has no model.safetensors", Assert.Throws<RetortException>(() => ModelCheckpoint.Describe(folder.Path)).Message,
            StringComparison.Ordinal);
        Assert.False(ModelCheckpoint.Exists(folder.Path));
    }
}
