using FsCheck;
using FsCheck.Fluent;
using Retort.Formats.Safetensors;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Formats.Safetensors;

public sealed class SafetensorsRoundTripTests
{
    [Fact]
    public void EveryTypeComesBackBitForBit()
    {
        using var folder = new TemporaryFolder();
        var tensors = Enum.GetValues<SafetensorsType>()
            .Select((type, index) => new SafetensorsTensor($"layer.{type}", type, [2, 3], Bytes(6 * type.Size(), (ulong)index)))
            .Append(new SafetensorsTensor("scalar \"π\" 😀", SafetensorsType.F32, [], Bytes(4, 99)))
            .Append(new SafetensorsTensor("empty", SafetensorsType.F64, [3, 0], Array.Empty<byte>())).ToList();
        var metadata = new Dictionary<string, string> { ["z"] = "last", ["format"] = "pt", ["json"] = "{\"a\": 1}" };
        SafetensorsWriter.Write(folder.At("a"), tensors, metadata);

        using var reader = SafetensorsReader.Open(folder.At("a"));
        Assert.Equal(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), reader.Metadata);
        Assert.Equal(tensors.Select(tensor => tensor.Name), reader.Entries.Keys);
        foreach (var tensor in tensors)
        {
            Assert.Equal(tensor.Shape, reader.Entries[tensor.Name].Shape);
            Assert.Equal(tensor.DataType, reader.Entries[tensor.Name].DataType);
            Assert.Equal(tensor.Data.ToArray(), reader.Bytes(tensor.Name).ToArray());
        }

        Assert.Equal(0, reader.Entries[tensors[0].Name].Offset % 8);
    }

    [Fact]
    public void TheSameTensorsGiveTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        var tensors = new[] { SafetensorsTensor.FromFloats("b", [2], [1, 2]), SafetensorsTensor.FromInts("a", [1], [7]) };
        SafetensorsWriter.Write(folder.At("1"), tensors, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        SafetensorsWriter.Write(folder.At("2"), tensors, new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });
        Assert.Equal(File.ReadAllBytes(folder.At("1")), File.ReadAllBytes(folder.At("2")));
    }

    [Fact]
    public void FloatsComeBackWhateverTheirBits()
    {
        using var folder = new TemporaryFolder();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll<float[]>(ArbMap.Default.ArbFor<float[]>(), values =>
        {
            SafetensorsWriter.Write(folder.At("f"), [SafetensorsTensor.FromFloats("w", [values.Length], values)]);
            using var reader = SafetensorsReader.Open(folder.At("f"));
            var back = new float[values.Length];
            reader.ReadFloats("w", back);
            return values.Select(BitConverter.SingleToInt32Bits).SequenceEqual(back.Select(BitConverter.SingleToInt32Bits));
        }));
    }

    [Fact]
    public void NarrowFloatsAreWidenedExactly()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.At("a"),
        [
            SafetensorsTensor.FromFloatsAsHalf("half", [3], [1.5f, -65504f, 5.9604645e-8f]),
            new SafetensorsTensor("brain", SafetensorsType.BF16, [2], new byte[] { 0x80, 0x3F, 0x49, 0xC0 }),
            new SafetensorsTensor("double", SafetensorsType.F64, [1], BitConverter.GetBytes(0.1)),
        ]);
        using var reader = SafetensorsReader.Open(folder.At("a"));
        Assert.Equal([1.5f, -65504f, 5.9604645e-8f], Floats(reader, "half", 3));
        Assert.Equal([1f, -3.140625f], Floats(reader, "brain", 2));
        Assert.Equal([0.1f], Floats(reader, "double", 1));
        Assert.Equal([0x49, 0xC0], reader.Slice("brain", 2, 2).ToArray());
    }

    [Fact]
    public void WholeNumbersOfEveryTypeAreRead()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.At("a"),
        [
            SafetensorsTensor.FromInts("I32", [2], [int.MinValue, 5]),
            SafetensorsTensor.FromLongs("I64", [2], [-3, int.MaxValue]),
            SafetensorsTensor.FromLongs("big", [2], [0, 1L << 31]),
            new SafetensorsTensor("I16", SafetensorsType.I16, [1], new byte[] { 0xFE, 0xFF }),
            new SafetensorsTensor("I8", SafetensorsType.I8, [1], new byte[] { 0x80 }),
            SafetensorsTensor.FromBytes("U8", [1], [200]),
        ]);
        using var reader = SafetensorsReader.Open(folder.At("a"));
        Assert.Equal([int.MinValue, 5], Ints(reader, "I32", 2));
        Assert.Equal([-3, int.MaxValue], Ints(reader, "I64", 2));
        Assert.Equal([-2], Ints(reader, "I16", 1));
        Assert.Equal([-128], Ints(reader, "I8", 1));
        Assert.Equal([200], Ints(reader, "U8", 1));
        Assert.Equal("element 1 of tensor 'big' is 2147483648", Assert.ThrowsAny<RetortException>(() => Ints(reader, "big", 2)).What);
        Assert.Equal("tensor 'I32' [2] has 2 elements; 3 are wanted", Assert.ThrowsAny<RetortException>(() => Ints(reader, "I32", 3)).What);
        Assert.Equal("tensor 'I32' is I32", Assert.ThrowsAny<RetortException>(() => Floats(reader, "I32", 2)).What);
        Assert.StartsWith("there is no tensor 'x'; the file has 6: I32, I64",
            Assert.ThrowsAny<RetortException>(() => reader.Bytes("x").Length).What, StringComparison.Ordinal);
        Assert.Equal("bytes 1 to 1 + 8 of tensor 'I32' were asked for; it has 8",
            Assert.ThrowsAny<RetortException>(() => reader.Slice("I32", 1, 8).Length).What);
    }

    [Fact]
    public void TheWriterRefusesWhatNoReaderTakes()
    {
        using var folder = new TemporaryFolder();
        var one = SafetensorsTensor.FromFloats("a", [1], [1]);
        Assert.Equal("a tensor is named 'a'",
            Assert.Throws<RetortException>(() => SafetensorsWriter.Write(folder.At("a"), [one, one])).What);
        Assert.Equal("tensor 'a' is F32 [2]; 4 bytes were given",
            Assert.Throws<RetortException>(() => SafetensorsWriter.Write(folder.At("a"), [one with { Shape = [2] }])).What);
        Assert.Equal("the shape is [3]; 1 values were given",
            Assert.Throws<RetortException>(() => SafetensorsTensor.FromFloats("a", [3], [1])).What);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static byte[] Bytes(int count, ulong seed) =>
        [.. Enumerable.Range(0, count).Select(index => (byte)Hostile.Mix(seed, (ulong)index))];

    private static float[] Floats(SafetensorsReader reader, string name, int count)
    {
        var target = new float[count];
        reader.ReadFloats(name, target);
        return target;
    }

    private static int[] Ints(SafetensorsReader reader, string name, int count)
    {
        var target = new int[count];
        reader.ReadInts(name, target);
        return target;
    }
}
