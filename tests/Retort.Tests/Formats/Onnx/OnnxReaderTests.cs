using Retort.Formats.Onnx;
using Retort.Formats.Protobuf;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Onnx;

public sealed class OnnxReaderTests
{
    private static OnnxGraph Small() => new OnnxGraph("small").Input("x", OnnxType.Float, OnnxGraph.Batch, 2)
        .Initializer("w", [2, 2], [1.5f, -2, 0, 4]).Initializer("shape", [2], [-1L, 2])
        .Node("Gemm", ["x", "w"], ["g"], OnnxAttribute.Float("alpha", 0.5f), OnnxAttribute.Int("transB", 1))
        .Node("Reshape", ["g", "shape"], ["y"], OnnxAttribute.Ints("made", 3, -4), OnnxAttribute.Text("text", "ä"))
        .Output("y", OnnxType.Float, OnnxGraph.Batch, 2);

    private static byte[] Bytes(OnnxGraph graph)
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(folder.At("m.onnx"), graph);
        return File.ReadAllBytes(folder.At("m.onnx"));
    }

    [Fact]
    public void WhatIsWrittenReadsTheSame()
    {
        var model = OnnxReader.Read(Bytes(Small()), "m.onnx");
        Assert.Equal(OnnxWriter.IrVersion, model.IrVersion);
        Assert.Equal(OnnxWriter.Opset, model.Opsets[""]);
        Assert.Equal(["Gemm", "Reshape"], model.Graph.Nodes.Select(node => node.Operator));
        Assert.Equal(["x", "w"], model.Graph.Nodes[0].Inputs);
        Assert.Equal(0.5f, model.Graph.Nodes[0].Attributes["alpha"]);
        Assert.Equal(1L, model.Graph.Nodes[0].Attributes["transB"]);
        Assert.Equal([3L, -4], (long[])model.Graph.Nodes[1].Attributes["made"]);
        Assert.Equal("ä", model.Graph.Nodes[1].Attributes["text"]);
        Assert.Equal([1.5f, -2, 0, 4], (float[])model.Graph.Initializers[0].Elements);
        Assert.Equal([-1L, 2], (long[])model.Graph.Initializers[1].Elements);
        Assert.Equal([-1L, 2], model.Graph.Inputs[0].Shape);
        Assert.Equal(4, model.Parameters);
        Assert.Equal(64, model.Hash.Length);
    }

    [Fact]
    public void ACutFileIsRefused() => Hostile.Prefixes(Bytes(Small()), path => OnnxReader.Read(path));

    [Fact]
    public void ADamagedFileIsReadOrRefused() =>
        Assert.True(Hostile.Flips(Bytes(Small()), 130, path => OnnxReader.Read(path)) > 50);

    [Fact]
    public void BothNamesOfTheDefaultDomainAreOne()
    {
        var node = new ProtoMessage().Text(2, "y").Text(4, "Relu").Text(7, "ai.onnx");
        var graph = new ProtoMessage().Message(1, node).Message(12, new ProtoMessage().Text(1, "y"));
        var model = OnnxReader.Read(Whole(new ProtoMessage().Message(7, graph).Message(8,
            new ProtoMessage().Text(1, "ai.onnx").Number(2, 7))), "m");
        Assert.Equal("", model.Graph.Nodes[0].Domain);
        Assert.Equal(7, model.Opsets[""]);
    }

    /// <summary>int32_data holds the bits of halves; 4-bit numbers lie two in a byte, low one first.</summary>
    [Fact]
    public void NarrowTypesAreWidened()
    {
        var half = new ProtoMessage().Number(1, 2).Number(2, (long)OnnxType.Float16).Number(5, 0x3C00).Number(5, 0xC000);
        Assert.Equal([1f, -2], (float[])OnnxReader.ReadTensor(Whole(half), "t").Elements);
        var four = new ProtoMessage().Number(1, 3).Number(2, (long)OnnxType.Int4).Bytes(9, new byte[] { 0x87, 0x0F });
        Assert.Equal([(sbyte)7, -8, -1], (sbyte[])OnnxReader.ReadTensor(Whole(four), "t").Elements);
        var eight = new ProtoMessage().Number(1, 2).Number(2, (long)OnnxType.Float8E4M3FN).Bytes(9, new byte[] { 0x38, 0xFE });
        Assert.Equal([1f, -448], (float[])OnnxReader.ReadTensor(Whole(eight), "t").Elements);
    }

    [Theory]
    [InlineData(4L << 40, "has the shape")]
    [InlineData(-1L, "has the shape")]
    [InlineData(3L, "in 8 bytes")]
    public void AShapeThatIsNotThereIsRefused(long extent, string told)
    {
        var tensor = new ProtoMessage().Number(1, extent).Number(2, 1).Bytes(9, new byte[8]);
        Assert.Contains(told, Assert.Throws<FormatException>(() => OnnxReader.ReadTensor(Whole(tensor), "t")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void DeepNestingIsRefused()
    {
        var sequence = new ProtoMessage().Text(1, "s");
        for (var depth = 0; depth < 200; depth++) sequence = new ProtoMessage().Message(5, sequence);
        Assert.Contains("nested more than", Assert.Throws<FormatException>(() => OnnxReader.ReadSequence(Whole(sequence), "s")).Message,
            StringComparison.Ordinal);
    }

    private static byte[] Whole(ProtoMessage message)
    {
        using var bytes = new MemoryStream();
        message.WriteTo(bytes);
        return bytes.ToArray();
    }
}
