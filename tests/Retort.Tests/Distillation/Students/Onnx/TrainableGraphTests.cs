using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Onnx;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Students.Onnx;

/// <summary>What cannot learn is a sentence before any work: no crash, no memory that a small file asks for.</summary>
public sealed class TrainableGraphTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("operator", "uses Floor, which cannot learn here")]
    [InlineData("classes", "its outputs are y [2, 2] for 2 examples")]
    [InlineData("examples", "takes [N, 3]")]
    [InlineData("whole numbers", "'s' is read as floats, and it holds none")]
    [InlineData("nothing", "nothing in it can learn")]
    [InlineData("padding", "padding of 0, 1, 0, 0")]
    [InlineData("bias", "with a bias [2]")]
    [InlineData("channels", "a number a channel")]
    [InlineData("types", "the statistics 'm' are Int64")]
    [InlineData("window", "numbers.")]
    [InlineData("names", "is named 'b'")]
    [InlineData("empty", "input 0 is missing")]
    [InlineData("large", "a value of 10,000,000,000 numbers")]
    [InlineData("shape", "is computed")]
    [InlineData("statistics", "shares its statistics 'm'")]
    [InlineData("infinite", "holds a value that is not finite")]
    [InlineData("squeezed", "axes 1 of [2, 2]")]
    [InlineData("squeezed batch", "axes are missing")]
    [InlineData("twice", "axes 1, -1 of 2")]
    [InlineData("automatic", "auto_pad ANYTHING")]
    [InlineData("growing", "a value of 536,870,912 numbers.\n  at most 191,739,612.")] // 2²⁸ less what is there already
    [InlineData("outputs", "o6 [2] for 2 examples, o7 [2] for 2 examples.")]
    [InlineData("old softmax", "axis 1 of [2, 2, 1]")]
    public void WhatCannotLearnIsRefused(string what, string told)
    {
        var (graph, shape, classes) = (Small(), new Shape(3), 2);
        switch (what)
        {
            case "operator": graph.Node("Floor", ["z"], ["y"]); break;
            case "classes": (graph, classes) = (graph.Node("Relu", ["z"], ["y"]), 5); break;
            case "examples": (graph, shape) = (graph.Node("Relu", ["z"], ["y"]), new Shape(4)); break;
            case "whole numbers": graph.Initializer("s", [2], [1L, 2]).Node("Add", ["z", "s"], ["y"]); break;
            case "nothing": graph = new OnnxGraph("g").Input("x", OnnxType.Float, -1, 3).Node("Relu", ["x"], ["y"]); break;
            case "padding": graph.Initializer("k", [1, 1, 1, 1], [1f]).Initializer("a", [2], [1L, 2])
                .Node("Unsqueeze", ["z", "a"], ["i"]).Node("Conv", ["i", "k"], ["y"], OnnxAttribute.Ints("pads", 0, 1, 0, 0)); break;
            case "bias": graph.Initializer("k", [3, 1, 1, 1], [1f, 1, 1]).Initializer("a", [2], [1L, 2])
                .Node("Unsqueeze", ["z", "a"], ["i"]).Node("Conv", ["i", "k", "b"], ["y"]); break;
            case "channels": graph.Initializer("m", [3], [0f, 0, 0]).Initializer("v", [3], [1f, 1, 1])
                .Node("BatchNormalization", ["z", "b", "b", "m", "v"], ["y"]); break;
            case "types": graph.Initializer("m", [2], [0L, 0]).Initializer("v", [2], [1f, 1])
                .Node("BatchNormalization", ["z", "b", "b", "m", "v"], ["y"]); break;
            case "window": graph.Initializer("k", [1, 1, 2, 2], [1f, 1, 1, 1]).Initializer("a", [2], [1L, 2])
                .Node("Unsqueeze", ["z", "a"], ["i"]).Node("Conv", ["i", "k"], ["y"],
                    OnnxAttribute.Ints("pads", 99999, 99999, 99999, 99999), OnnxAttribute.Ints("dilations", 99999, 99999)); break;
            case "empty": graph.Node("Concat", [], ["c"]).Node("Add", ["z", "c"], ["y"]); break;
            case "names": graph.Node("Relu", ["z"], ["y"]); break;
            case "large": graph.Initializer("c", [100_000, 1], new float[100_000]).Initializer("r", [1, 100_000], new float[100_000])
                .Node("Add", ["c", "r"], ["cr"]).Node("ReduceMean", ["cr"], ["t"]).Node("Add", ["z", "t"], ["y"]); break;
            case "shape": graph.Node("Reshape", ["z", "x"], ["y"]); break;
            case "statistics": graph.Initializer("m", [2], [0f, 0]).Node("BatchNormalization", ["z", "b", "b", "m", "m"], ["y"]); break;
            case "squeezed": graph.Initializer("a", [1], [1L]).Node("Squeeze", ["z", "a"], ["y"]); break;
            case "squeezed batch": graph.Node("Squeeze", ["z"], ["y"]); break;
            case "twice": graph.Initializer("a", [2], [1L, -1]).Node("ReduceMean", ["z", "a"], ["y"]); break;
            case "automatic": graph.Initializer("k", [1, 1, 1, 1], [1f]).Initializer("a", [2], [1L, 2])
                .Node("Unsqueeze", ["z", "a"], ["i"]).Node("Conv", ["i", "k"], ["y"], OnnxAttribute.Text("auto_pad", "ANYTHING")); break;
            case "growing": // 4 · 8⁹ numbers would be the next
                for (var i = 0; i < 12; i++) graph.Node("Concat", [.. Enumerable.Repeat(i == 0 ? "z" : $"c{i}", 8)], [$"c{i + 1}"]);
                graph.Node("ReduceMean", ["c12"], ["t"]).Node("Add", ["z", "t"], ["y"]);
                break;
            case "outputs":
                graph.Initializer("a", [1], [1L]);
                for (var i = 0; i < 9; i++) graph.Node("ReduceMean", ["z", "a"], [$"o{i}"], OnnxAttribute.Int("keepdims", 0))
                    .Output($"o{i}", OnnxType.Float, OnnxGraph.Batch);
                (graph, classes) = (graph.Node("Relu", ["z"], ["y"]), 5);
                break;
            case "old softmax":
                graph = new OnnxGraph("g") { Opset = 11 }.Input("x", OnnxType.Float, OnnxGraph.Batch, 3)
                    .Initializer("w", [3, 2], [1f, 2, 3, 4, 5, 6]).Node("MatMul", ["x", "w"], ["z"])
                    .Node("Unsqueeze", ["z"], ["e"], OnnxAttribute.Ints("axes", 2)).Node("Softmax", ["e"], ["s"])
                    .Node("Squeeze", ["s"], ["y"], OnnxAttribute.Ints("axes", 2));
                break;
            case "infinite": graph.Initializer("n", [2], [float.NaN, 0]).Node("Add", ["z", "n"], ["y"]); break;
        }
        graph.Output("y", OnnxType.Float, OnnxGraph.Batch, 2);
        OnnxWriter.Write(_folder.At("m.onnx"), graph);
        var model = OnnxReader.Read(_folder.At("m.onnx"));
        if (what == "names") // our writer refuses such a graph
            model = model with { Graph = model.Graph with { Nodes = [model.Graph.Nodes[0] with { Operator = "MatMul", Inputs = ["x", "w"],
                Outputs = ["b"] }, .. model.Graph.Nodes] } };
        var refusal = Assert.Throws<RetortException>(() => OnnxStudent.Create(model, shape, classes));
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>z = (1, 2): means over both are 1.5, and over no axis they are the numbers.</summary>
    [Theory]
    [InlineData(0, 1.5f, 1.5f)]
    [InlineData(1, 1f, 2f)]
    public void AMeanOverAnEmptyListOfAxesIsOverAllOrNone(long none, float first, float second)
    {
        var graph = Numbers(18).Initializer("a", [0], (ReadOnlySpan<long>)[]).Initializer("one", [2], [1f, 1])
            .Node("ReduceMean", ["z", "a"], ["m"], OnnxAttribute.Int("noop_with_empty_axes", none)).Node("Mul", ["m", "one"], ["s"]);
        // over all: one number for the batch, so it is joined to a row an example
        graph.Initializer("zero", [2], [0f, 0]).Node("Mul", ["z", "zero"], ["nothing"]).Node("Add", ["nothing", "s"], ["y"]);
        Assert.Equal([first, second], Answer(graph));
    }

    /// <summary>Before opset 13 its axis is 1 where none is named; for rows that is the last one.</summary>
    [Theory]
    [InlineData("Softmax", 11)]
    [InlineData("Softmax", 13)]
    [InlineData("LogSoftmax", 11)]
    public void SoftmaxInsideIsAlongTheRow(string name, long opset)
    {
        var graph = Numbers(opset).Initializer("two", [2], [2f, 2]).Node(name, ["z"], ["s"]).Node("Mul", ["s", "two"], ["y"]);
        double share = 1 / (1 + Math.E), rest = 1 - share; // of e¹ and e²
        double[] expected = name == "Softmax" ? [2 * share, 2 * rest] : [2 * Math.Log(share), 2 * Math.Log(rest)];
        Assert.Equal(expected, Answer(graph).Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    /// <summary>Of many outputs those with the declared shape of the logits are tried first.</summary>
    [Fact]
    public void TheAnswerMayStandBehindOtherOutputs()
    {
        var graph = Small().Initializer("a", [1], [1L]);
        for (var i = 0; i < 20; i++) graph.Node("ReduceMean", ["z", "a"], [$"o{i}"], OnnxAttribute.Int("keepdims", 0))
            .Output($"o{i}", OnnxType.Float, OnnxGraph.Batch);
        Assert.Equal([11f, 22], Answer(graph.Node("Relu", ["z"], ["y"])));
    }

    /// <summary>z = (1, 2) for the example (1, 0, 0).</summary>
    private static OnnxGraph Numbers(long opset) => new OnnxGraph("g") { Opset = opset }.Input("x", OnnxType.Float, OnnxGraph.Batch, 3)
        .Initializer("w", [3, 2], [1f, 2, 3, 4, 5, 6]).Node("MatMul", ["x", "w"], ["z"]);

    /// <summary>To the example (1, 0, 0).</summary>
    private float[] Answer(OnnxGraph graph)
    {
        OnnxWriter.Write(_folder.At("m.onnx"), graph.Output("y", OnnxType.Float, OnnxGraph.Batch, 2));
        using var device = new CpuDevice(1);
        using var student = OnnxStudent.Create(OnnxReader.Read(_folder.At("m.onnx")), new Shape(3), 2);
        student.Build(device, default);
        using var step = new Step(device);
        step.Begin(training: false);
        return device.ToFloats(student.Forward(step, step.Constant(new Shape(1, 3), [1f, 0, 0])));
    }

    /// <summary>Any byte of a file may be wrong: a sentence, or a model that can still be run.</summary>
    [Fact]
    public void AFileWithWrongBytesIsRefusedOrRuns()
    {
        using var device = new CpuDevice(1);
        using var net = new ConvNet(new Shape(1, 6, 6), [2, 3], 4);
        net.Build(device, new Seed(1));
        OnnxWriter.Write(_folder.At("m.onnx"), OnnxExport.GraphOf(net, new ModelDescription(new ModelRecipe { Kind = "conv-net" },
            [1, 6, 6], ["a", "b", "c", "d"])));
        var bytes = File.ReadAllBytes(_folder.At("m.onnx"));
        var refused = 0;
        for (var round = 0UL; round < 600; round++)
        {
            var broken = (byte[])bytes.Clone();
            for (var i = 0UL; i <= round % 3; i++)
                broken[(int)(new Seed(7).Uniform(round, 2 * i) * broken.Length)] = (byte)(new Seed(7).Uniform(round, 2 * i + 1) * 256);
            try
            {
                using var student = OnnxStudent.Create(OnnxReader.Read(broken, "broken.onnx"), new Shape(1, 6, 6), 4);
            }
            catch (RetortException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 599);
    }

    /// <summary>z = x · [[1, 2], [3, 4], [5, 6]] + [10, 20].</summary>
    private static OnnxGraph Small() => new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 3)
        .Initializer("w", [3, 2], [1f, 2, 3, 4, 5, 6]).Initializer("b", [2], [10f, 20]).Node("Gemm", ["x", "w", "b"], ["z"]);

    public void Dispose() => _folder.Dispose();
}
