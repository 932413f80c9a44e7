using Retort.Checkpoints;
using Retort.Formats.Gguf;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class GgufCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Sizes that would take a petabyte, or an hour to be listed, are refused by a file of a hundred bytes.</summary>
    [Theory]
    [InlineData("block_count", 1 << 24, "'llama.block_count' is 16777216")]
    [InlineData("block_count", 4096, "'llama.block_count' is 4096, and there are 1 tensors")]
    [InlineData("attention.head_count", 1 << 24, "'llama.attention.head_count' is 16777216")]
    [InlineData("attention.head_count_kv", 4097, "'llama.attention.head_count_kv' is 4097")]
    [InlineData("attention.key_length", 1 << 17, "'llama.attention.key_length' is 131072")]
    [InlineData("embedding_length", 3, "sizes of 4, 3, 1, 4, 4, 0, 8, 16.")]
    [InlineData("feed_forward_length", 1 << 24, "there is no tensor 'blk.0.attn_norm.weight'")]
    [InlineData("context_length", 1 << 24, "there is no tensor 'blk.0.attn_norm.weight'")]
    public void HugeSizesTakeNoMemory(string key, int size, string what)
    {
        (string Key, int Size)[] sizes = [("embedding_length", 8), ("block_count", 1), ("attention.head_count", 4),
            ("feed_forward_length", 8), ("context_length", 16)];
        var all = sizes.Where(pair => pair.Key != key).Append((Key: key, Size: size));
        GgufWriter.Write(_folder.At("a.gguf"), [("general.architecture", GgufValue.Of("llama")),
            ("llama.attention.layer_norm_rms_epsilon", GgufValue.Of(1e-6f)),
            .. all.Select(pair => ($"llama.{pair.Key}", GgufValue.Of(pair.Size)))],
            [new GgufTensor("token_embd.weight", GgufType.F32, [4, 8], new float[32])]);
        using var device = new CpuDevice(1);
        Assert.Equal(what, Assert.ThrowsAny<RetortException>(() => GgufCheckpoint.Load(_folder.At("a.gguf"), device)).What);
    }

    public void Dispose() => _folder.Dispose();
}
