using Retort.Formats.Onnx;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Formats.Onnx;

public sealed class OnnxGraphTests
{
    /// <summary>Worked out by hand from the field numbers of spec.md.</summary>
    [Fact]
    public void TheBytesAreTheOnesOfTheSpecification()
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 2).Node("Relu", ["x"], ["y"])
            .Output("y", OnnxType.Float, OnnxGraph.Batch, 2).Metadata("k", "v");
        OnnxWriter.Write(folder.At("a"), graph);
        const string Value = "0A01" + "{0}" + "1213" + "0A11" + "0801" + "120D" + "0A07" + "1205" + "6261746368" + "0A02" + "0802";
        const string Node = "0A14" + "0A0178" + "120179" + "1A06" + "52656C755F30" + "2204" + "52656C75";
        var body = Node + "120167" + "5A18" + Value.Replace("{0}", "78", StringComparison.Ordinal) + "6218"
            + Value.Replace("{0}", "79", StringComparison.Ordinal);
        var expected = "0808" + "1206" + "7265746F7274" + "3A" + (body.Length / 2).ToString("X2") + body + "4204" + "0A00" + "1011" + "7206"
            + "0A016B" + "120176";
        Assert.Equal(expected, Convert.ToHexString(File.ReadAllBytes(folder.At("a"))));
    }

    [Fact]
    public void AWrongNameIsRefusedWhereItStands()
    {
        var graph = new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 2);
        Assert.Equal("node 0 (Relu) reads 'z', which nothing before it makes", Refusal(() => graph.Node("Relu", ["z"], ["y"])));
        Assert.Equal("the output of node 0 (Relu) is named 'x'", Refusal(() => graph.Node("Relu", ["x"], ["x"])));
        Assert.Equal("the initializer is named 'x'", Refusal(() => graph.Initializer("x", [1], [1f])));
        Assert.Equal("initializer 'w' has the shape [2, 2]; 3 elements were given",
            Refusal(() => graph.Initializer("w", [2, 2], [1f, 2, 3])));
        Assert.Equal("output 'y' is made by no node", Refusal(() => graph.Output("y", OnnxType.Float, 1)));
        Assert.Equal("the graph has no output", Refusal(() => OnnxWriter.Write("unused", graph)));
    }

    private static string Refusal(Action action) => Assert.Throws<RetortException>(action).What;
}
