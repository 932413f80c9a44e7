using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.HuggingFace;

public sealed class ShardedWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(16, 2)]
    [InlineData(1, 3)]
    public void TensorsComeBackFromAnyNumberOfShards(long shardBytes, int files)
    {
        Write(shardBytes);
        Assert.Equal(files, Directory.GetFiles(_folder.Path, "*.safetensors").Length);
        Assert.Equal(files > 1, File.Exists(_folder.At(ShardedWeights.IndexFile)));
        using var weights = ShardedWeights.Open(_folder.Path);
        Assert.Equal(["a", "b", "c"], weights.Names.Order());
        var values = new float[2];
        weights.ReadFloats("b", values);
        Assert.Equal([3f, 4f], values);
    }

    [Fact]
    public void OneFileAfterShardsIsReadAlone()
    {
        Write(1);
        Write(1000);
        using var weights = ShardedWeights.Open(_folder.Path);
        Assert.Equal("model.safetensors", Path.GetFileName(weights.PathOf("a")));
    }

    [Fact]
    public void AMissingShardIsNamed()
    {
        Write(1);
        File.Delete(_folder.At("model-00002-of-00003.safetensors"));
        var error = Refusal();
        Assert.EndsWith("model-00002-of-00003.safetensors", error.Location, StringComparison.Ordinal);
        Assert.Equal("the shard is missing; model.safetensors.index.json puts 1 tensors into it", error.What);
    }

    [Fact]
    public void AShardWithoutItsTensorIsNamed()
    {
        Write(1);
        File.Copy(_folder.At("model-00001-of-00003.safetensors"), _folder.At("model-00002-of-00003.safetensors"), overwrite: true);
        Assert.Equal("there is no tensor 'b'", Refusal().What);
    }

    [Fact]
    public void AShardWithMoreThanTheIndexSaysIsNamed()
    {
        Write(16);
        var index = File.ReadAllText(_folder.At(ShardedWeights.IndexFile));
        File.WriteAllText(_folder.At(ShardedWeights.IndexFile), index.Replace("\"a\": \"model-00001-of-00002.safetensors\",", "",
            StringComparison.Ordinal));
        Assert.Equal("there is a tensor 'a' that model.safetensors.index.json does not name", Refusal().What);
    }

    [Theory]
    [InlineData("../a.safetensors")]
    [InlineData("/a.safetensors")]
    [InlineData("a.bin")]
    [InlineData("")]
    public void AShardIsAFileBesideTheIndex(string name)
    {
        _folder.With(ShardedWeights.IndexFile, $"{{\"weight_map\": {{\"a\": \"{name}\"}}}}");
        Assert.Equal($"a shard is named '{name}'", Refusal().What);
    }

    [Theory]
    [InlineData("{}", "there is no 'weight_map'")]
    [InlineData("{\"weight_map\": {}}", "'weight_map' is empty")]
    [InlineData("{\"weight_map\": {\"a\": 1}}", "'weight_map' is {\"a\": 1}")]
    public void AnIndexSaysWhereTensorsAre(string text, string what)
    {
        _folder.With(ShardedWeights.IndexFile, text);
        Assert.Equal(what, Refusal().What);
    }

    [Fact]
    public void PicklesAreNotOpened()
    {
        Assert.Equal("the folder holds no weights", Refusal().What);
        _folder.With("pytorch_model.bin", "");
        Assert.Equal("the weights are pickled, and reading a pickle runs its code", Refusal().What);
    }

    private FormatException Refusal() => Assert.Throws<FormatException>(() => ShardedWeights.Open(_folder.Path));

    private void Write(long shardBytes) => ShardedWeightsWriter.Write(_folder.Path,
        [.. new[] { "a", "b", "c" }.Select((name, i) => (name, 8L,
            new Func<SafetensorsTensor>(() => SafetensorsTensor.FromFloats(name, [2], [2 * i + 1, 2 * i + 2]))))], shardBytes);

    public void Dispose() => _folder.Dispose();
}
