using System.Buffers.Binary;
using System.Text;
using Retort.Formats.Safetensors;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Safetensors;

public sealed class SafetensorsRefusalTests
{
    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
        "tensor 'a' is F32 [2], so 8 bytes; its data_offsets hold 4")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3,
        "tensor 'a' ends at byte 66 of the file; the file has 65")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5, "the tensors end at byte 66; the file has 67")]
    [InlineData("{}", 1, "the tensors end at byte 10; the file has 11")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2,
        "tensor 'a' starts at byte 1 of the data; the one before ends at 0")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
        3, "tensor 'b' starts at byte 1 of the data; the one before ends at 2")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}",
        3, "tensor 'b' starts at byte 2 of the data; the one before ends at 1")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
        2, "tensor 'a' stands twice")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
        "'dtype' of tensor 'a' stands twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "'__metadata__' stands twice")]
    [InlineData("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "metadata 'k' stands twice")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", 0, "metadata 'k' is not a string")]
    [InlineData("{\"__metadata__\":[]}", 0, "'__metadata__' is not an object")]
    [InlineData("{\"a\":1}", 0, "tensor 'a' is not an object")]
    [InlineData("{\"a\":{\"dtype\":\"F7\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, "tensor 'a' has dtype 'F7'")]
    [InlineData("{\"a\":{\"dtype\":\"0\",\"shape\":[],\"data_offsets\":[0,8]}}", 8, "tensor 'a' has dtype '0'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "tensor 'a' lacks 'shape'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "tensor 'a' has data_offsets [4, 0]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}", 4, "tensor 'a' has data_offsets [4]")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4,
        "data_offsets of tensor 'a' has more than 2 numbers")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4,
        "the shape of tensor 'a' holds something else than whole numbers from 0 to 2^63 - 1")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4,
        "the shape of tensor 'a' holds something else than whole numbers from 0 to 2^63 - 1")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0,
        "tensor 'a' is F32 [4611686018427387904, 4]: more than 2^63 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[9223372036854775807,9223372036854775807]}}", 0,
        "tensor 'a' ends at byte 9223372036854775807 of the data")]
    [InlineData("[]", 0, "the header starts with byte 0x5B")]
    [InlineData(" {}", 0, "the header starts with byte 0x20")]
    [InlineData("", 0, "the header is empty")]
    [InlineData("{\"a\":", 0, "the header is not JSON")]
    [InlineData("{}{}", 0, "the header is not JSON")]
    [InlineData("{\"\\ud800\":{}}", 0, "the header has text that is not Unicode")]
    public void EachRuleHasItsSentence(string header, int dataLength, string what)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("a.safetensors", Compose((ulong)header.Length, header, dataLength));
        var error = Assert.Throws<FormatException>(() => SafetensorsReader.Open(path));
        Assert.Equal(what, error.What);
        Assert.StartsWith(path, error.Location, StringComparison.Ordinal);
        Assert.NotEmpty(error.Expected);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData(100_000_001UL, "the header declares 100000001 bytes", "expected at most 100000000")]
    [InlineData(ulong.MaxValue, "the header declares 18446744073709551615 bytes", "expected at most 100000000")]
    [InlineData(3UL, "the header declares 3 bytes; 2 follow", "expected the whole header inside the file")]
    public void ALyingLengthCostsNothing(ulong declared, string what, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("a", Compose(declared, "{}", 0));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<FormatException>(() => SafetensorsReader.Open(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Equal((what, expected), (error.What, error.Expected));
    }

    [Fact]
    public void ADeepHeaderIsRefused()
    {
        using var folder = new TemporaryFolder();
        var header = "{\"a\":{\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}}";
        Assert.Equal("the header is not JSON",
            Assert.Throws<FormatException>(() => SafetensorsReader.Open(folder.With("a", Compose((ulong)header.Length, header, 0)))).What);
    }

    [Fact]
    public void TooManyTensorsAreRefused()
    {
        using var folder = new TemporaryFolder();
        var header = new StringBuilder("{");
        for (var index = 0; index <= SafetensorsHeader.LargestTensorCount; index++)
            header.Append(index == 0 ? "" : ",")
                .Append('"')
                .Append(index)
                .Append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        header.Append('}');
        var path = folder.With("a", Compose((ulong)header.Length, header.ToString(), 0));
        Assert.Equal("the header names more than 200000 tensors", Assert.Throws<FormatException>(() => SafetensorsReader.Open(path)).What);
    }

    [Fact]
    public void EveryPrefixIsRefused() => Hostile.Prefixes(Small(), Read);

    [Fact]
    public void EveryFlipOfTheHeaderIsReadOrRefused() => Assert.True(Hostile.Flips(Small(), 300, Read) > 500);

    [Fact]
    public void RandomDamageIsReadOrRefused() => Hostile.Splices(Small(), 500, seed: 11, Read);

    private static void Read(string path)
    {
        using var reader = SafetensorsReader.Open(path);
        foreach (var name in reader.Entries.Keys)
            _ = reader.Bytes(name).Length;
    }

    private static byte[] Small()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.At("a"),
            [SafetensorsTensor.FromFloats("w", [2, 2], [1, 2, 3, 4]), SafetensorsTensor.FromInts("n", [], [5])],
            new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(folder.At("a"));
    }

    private static byte[] Compose(ulong declared, string header, int dataLength)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, declared);
        text.CopyTo(bytes, 8);
        return bytes;
    }
}
