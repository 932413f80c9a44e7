using System.Text;
using Retort.Formats.Gguf;
using Retort.Tensors;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Gguf;

public sealed class GgufTests
{
    private static readonly (string, GgufValue)[] Metadata =
    [
        ("general.architecture", GgufValue.Of("llama")), ("size", GgufValue.Of(7u)), ("below", GgufValue.Of(-3)),
        ("part", GgufValue.Of(0.5f)), ("yes", GgufValue.Of(true)), ("words", GgufValue.Of(["a", "", "ä▁"])),
        ("scores", GgufValue.Of([-1.5f, 0])), ("kinds", GgufValue.Of([1, 3])), ("wide", new GgufValue(GgufKind.UInt64, ulong.MaxValue)),
        ("bytes", new GgufValue(GgufKind.UInt8, new long[] { 0, 255 })), ("small", new GgufValue(GgufKind.Int16, -5L)),
        ("exact", new GgufValue(GgufKind.Float64, Math.PI)), ("flags", new GgufValue(GgufKind.Bool, new[] { true, false })),
    ];

    public static TheoryData<string> Models => [.. Fixtures.Find("gguf", "*.gguf").Select(file => file.Path)];

    [Fact]
    public void WhatIsWrittenReadsTheSame()
    {
        using var folder = new TemporaryFolder();
        var values = Enumerable.Range(0, 3 * 64).Select(i => i / 64f - 1).ToArray();
        GgufWriter.Write(folder.At("m.gguf"), Metadata,
            [new GgufTensor("odd", GgufType.F32, [3], new float[] { 1, 2, 3 }), new GgufTensor("rows", GgufType.Q8_0, [3, 64], values)]);
        using var reader = GgufReader.Open(folder.At("m.gguf"));
        foreach (var (key, value) in Metadata) Assert.Equivalent(value, reader.Metadata[key], strict: true);
        Assert.Equal([3L, 64], reader.Entries["rows"].Shape);
        Assert.Equal(0, reader.Entries["rows"].Offset % 32);
        var found = new float[3 * 64];
        reader.ReadFloats("rows", found);
        for (var i = 0; i < found.Length; i++) Assert.Equal(values[i], found[i], 2.0 / 127);
        var odd = new float[3];
        reader.ReadFloats("odd", odd);
        Assert.Equal([1, 2, 3], odd);
        Assert.Equal("llama", reader.Text("general.architecture"));
        Assert.Equal(-3, reader.Number("below"));
        Assert.Equal([0, 255], reader.Numbers("bytes"));
        Assert.Equal(["a", "", "ä▁"], reader.Texts("words"));
        Assert.True(reader.Flag("yes"));
        Assert.Contains("'yes' is True", Assert.Throws<FormatException>(() => reader.Number("yes")).What, StringComparison.Ordinal);
        Assert.Contains("there is no 'no'", Assert.Throws<FormatException>(() => reader.Number("no")).What, StringComparison.Ordinal);
        Assert.Contains("192 elements; 3", Assert.Throws<FormatException>(() => reader.ReadFloats("rows", odd)).What,
            StringComparison.Ordinal);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Models))]
    public void FilesOfOthersOpen(string path)
    {
        using var reader = GgufReader.Open(path);
        Assert.NotEmpty(reader.Text("general.architecture"));
        Assert.NotEmpty(reader.Texts("tokenizer.ggml.tokens"));
        Assert.NotEmpty(reader.Entries);
        foreach (var entry in reader.Entries.Values)
        {
            var values = new float[entry.Elements];
            reader.ReadFloats(entry.Name, values);
            Assert.All(values, value => Assert.True(float.IsFinite(value)));
            Assert.Contains(values, value => value != 0);
        }
    }

    [Fact]
    public void ACutFileIsRefused() => Hostile.Prefixes(Written(), Read);

    [Fact]
    public void ADamagedFileIsReadOrRefused()
    {
        var bytes = Written();
        Assert.True(Hostile.Flips(bytes, bytes.Length, Read) > 500);
        Hostile.Splices(bytes, 300, 4, Read);
    }

    [Theory]
    [InlineData("GGUX", 3, 0, 0, "the file does not start with 'GGUF'")]
    [InlineData("GGUF", 1, 0, 0, "the file is GGUF version 1")]
    [InlineData("GGUF", 0x03000000, 0, 0, "the file is GGUF version 50331648")]
    [InlineData("GGUF", 3, 200_001, 0, "the header declares 200001 tensors")]
    [InlineData("GGUF", 3, -1, 0, "the header declares 18446744073709551615 tensors")]
    [InlineData("GGUF", 3, 0, -1, "the header declares 18446744073709551615 metadata values")]
    public void EachRuleOfTheHeaderHasItsSentence(string magic, int version, long tensors, long values, string what) =>
        Refused(what, writer => Start(writer, magic, version, tensors, values));

    [Theory]
    [InlineData("", 4u, "a key is empty")]
    [InlineData("a", 13u, "'a' has type 13")]
    [InlineData("a", uint.MaxValue, "'a' has type 4294967295")]
    [InlineData("general.alignment", 5u, "'general.alignment' is 3")]
    [InlineData("general.alignment", 4u, "'general.alignment' is 3")]
    [InlineData("a", 7u, "'a' is the Bool 3")]
    [InlineData("a", 8u, "'a' declares 4294967299 elements of at least 1 bytes; 0 bytes are left")]
    [InlineData("a", 9u, "'a' holds")]
    public void EachRuleOfAValueHasItsSentence(string key, uint type, string what) => Refused(what, writer =>
    {
        Start(writer, "GGUF", 3, 0, 1);
        Text(writer, key);
        writer.Write(type);
        writer.Write(type == 9 ? 9L : type == 8 ? 0x1_0000_0003 : 3L);
    });

    [Fact]
    public void AnArrayThatCannotFitCostsNothing() => Refused("'a' declares 1099511627776 elements of at least 8 bytes", writer =>
    {
        Start(writer, "GGUF", 3, 0, 1);
        Text(writer, "a");
        writer.Write(9u);
        writer.Write(8u);
        writer.Write(1L << 40);
    });

    [Fact]
    public void AKeyTwiceIsRefused() => Refused("the key 'a' stands twice", writer =>
    {
        Start(writer, "GGUF", 3, 0, 2);
        for (var i = 0; i < 2; i++)
        {
            Text(writer, "a");
            writer.Write(4u);
            writer.Write(1u);
        }
    });

    [Theory]
    [InlineData("", 1u, 4L, 0u, 0L, "a tensor is named ''")]
    [InlineData("a123456789b123456789c123456789d123456789e123456789f123456789g1234", 1u, 4L, 0u, 0L, "a tensor is named 'a1234")]
    [InlineData("t", 0u, 4L, 0u, 0L, "tensor 't' has 0 extents")]
    [InlineData("t", 5u, 4L, 0u, 0L, "tensor 't' has 5 extents")]
    [InlineData("t", 1u, -4L, 0u, 0L, "an extent of tensor 't' is 18446744073709551612")]
    [InlineData("t", 1u, 0L, 0u, 0L, "an extent of tensor 't' is 0")]
    [InlineData("t", 4u, 1L << 40, 0u, 0L, "tensor 't' [1099511627776, 1099511627776, 1099511627776, 1099511627776] has more than 2^63")]
    [InlineData("t", 2u, 3_000_000_000L, 0u, 0L, "tensor 't' [3000000000, 3000000000] takes more than 2^63 bytes")]
    [InlineData("t", 1u, 4L, 4u, 0L, "tensor 't' has type 4")]
    [InlineData("t", 1u, 4L, 99u, 0L, "tensor 't' has type 99")]
    [InlineData("t", 1u, 33L, 8u, 0L, "tensor 't' is Q8_0 with rows of 33")]
    [InlineData("t", 1u, 4L, 0u, 32L, "tensor 't' starts at byte 32 of the data")]
    [InlineData("t", 1u, 4L, 0u, -32L, "tensor 't' starts at byte 18446744073709551584 of the data")]
    [InlineData("t", 1u, 16L, 0u, 0L, "tensor 't' takes bytes 64 to 128")]
    [InlineData("t", 1u, 1L, 0u, 0L, "the tensors end at byte 96; the file has")]
    [InlineData("t", 1u, 1L << 60, 0u, 0L, "tensor 't' takes bytes 64 to 4611686018427387968")]
    public void EachRuleOfATensorHasItsSentence(string name, uint rank, long extent, uint type, long offset, string what) =>
        Refused(what, writer =>
        {
            Start(writer, "GGUF", 3, 1, 0);
            Text(writer, name);
            writer.Write(rank);
            for (var i = 0; i < rank; i++) writer.Write(extent);
            writer.Write(type);
            writer.Write(offset);
            writer.Write(new byte[47]);
        });

    [Fact]
    public void WhatCannotBeWrittenIsNamed()
    {
        void Wrong(string what, GgufTensor tensor, params (string, GgufValue)[] metadata) => Assert.Contains(what,
            Assert.Throws<RetortException>(() => GgufWriter.Write("never.gguf", metadata, [tensor])).What, StringComparison.Ordinal);
        var ones = new float[] { 1, 1 };
        Wrong("Q2_K, which is only read", new GgufTensor("t", GgufType.Q2_K, [2], ones));
        Wrong("I32, which is only read", new GgufTensor("t", GgufType.I32, [2], ones));
        Wrong("Q8_0 [2] with 2 values", new GgufTensor("t", GgufType.Q8_0, [2], ones));
        Wrong("F32 [3] with 2 values", new GgufTensor("t", GgufType.F32, [3], ones));
        Wrong("F32 [-1, -2] with 2 values", new GgufTensor("t", GgufType.F32, [-1, -2], ones));
        Wrong("'t' holds NaN", new GgufTensor("t", GgufType.F32, [2], new[] { 1, float.NaN }));
        Wrong("'t' holds 70000", new GgufTensor("t", GgufType.F16, [2], new[] { 1f, 70_000 }));
        Wrong("named ''", new GgufTensor("", GgufType.F32, [2], ones));
        Wrong("the key 'a'", new GgufTensor("t", GgufType.F32, [2], ones), ("a", GgufValue.Of(1)), ("a", GgufValue.Of(2)));
        Assert.False(File.Exists("never.gguf"));
    }

    private static void Refused(string what, Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true)) write(writer);
        using var folder = new TemporaryFolder();
        var path = folder.With("bad.gguf", memory.ToArray());
        var error = Assert.Throws<FormatException>(() => GgufReader.Open(path));
        Assert.StartsWith(what, error.What, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Location, StringComparison.Ordinal);
        Assert.NotEmpty(error.Expected);
    }

    private static void Start(BinaryWriter writer, string magic, int version, long tensors, long values)
    {
        writer.Write(Encoding.ASCII.GetBytes(magic));
        writer.Write(version);
        writer.Write(tensors);
        writer.Write(values);
    }

    private static void Text(BinaryWriter writer, string text)
    {
        writer.Write((long)text.Length);
        writer.Write(Encoding.ASCII.GetBytes(text));
    }

    private static byte[] Written()
    {
        using var folder = new TemporaryFolder();
        GgufWriter.Write(folder.At("m.gguf"), [("a", GgufValue.Of("text")), ("words", GgufValue.Of(["b", "c"]))],
            [new GgufTensor("q", GgufType.Q4_0, [32], new float[32]), new GgufTensor("t", GgufType.F32, [2, 4], new float[8])]);
        return File.ReadAllBytes(folder.At("m.gguf"));
    }

    private static void Read(string path)
    {
        using var reader = GgufReader.Open(path);
        foreach (var entry in reader.Entries.Values.Where(entry => BlockFormats.Of(entry.DataType) is not null))
            reader.ReadFloats(entry.Name, new float[entry.Elements]);
    }
}
