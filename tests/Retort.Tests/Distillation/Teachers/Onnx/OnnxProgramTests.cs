using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx;

public sealed class OnnxProgramTests : IDisposable
{
    private readonly CpuDevice _device = new(1);

    private static OnnxModel Model(OnnxGraph graph)
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(folder.At("m.onnx"), graph);
        return OnnxReader.Read(folder.At("m.onnx")) with { Location = "m.onnx" };
    }

    private static OnnxGraph Chain() => new OnnxGraph("chain").Input("x", OnnxType.Float, 1, 2)
        .Initializer("one", [1], [1f]).Initializer("two", [1], [2f])
        .Node("Add", ["one", "two"], ["three"])
        .Node("Mul", ["x", "three"], ["tripled"])
        .Node("Neg", ["tripled"], ["unused"])
        .Node("Relu", ["tripled"], ["y"])
        .Output("y", OnnxType.Float, 1, 2);

    private float[] Run(OnnxModel model, params string[] taps)
    {
        using var program = new OnnxProgram(model, _device, taps);
        return [.. program.Run([OnnxArray.Of([1, 2], [5f, -1])]).SelectMany(value => ((OnnxArray)value).Floats())];
    }

    [Fact]
    public void NodesRunAndTapsComeOutBehindTheOutputs()
    {
        Assert.Equal([15f, 0], Run(Model(Chain())));
        Assert.Equal([15f, 0, 15, -3, 3], Run(Model(Chain()), "tripled", "three"));
    }

    [Fact]
    public void NodesInAnyOrderRun()
    {
        var model = Model(Chain());
        Assert.Equal([15f, 0], Run(model with { Graph = model.Graph with { Nodes = [.. model.Graph.Nodes.Reverse()] } }));
    }

    [Fact]
    public void ATapThatIsNotThereIsRefusedWithTheNearest()
    {
        var refusal = Assert.Throws<RetortException>(() => new OnnxProgram(Model(Chain()), _device, "triple"));
        Assert.Contains("no value 'triple'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'tripled'?", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownOperatorIsNamedBeforeAnyWork()
    {
        var model = Model(Chain());
        var nodes = model.Graph.Nodes.Select(node => node.Operator == "Relu" ? node with { Operator = "Relus", Name = "last" } : node).ToArray();
        var refusal = Assert.Throws<RetortException>(() => new OnnxProgram(model with { Graph = model.Graph with { Nodes = nodes } },
            _device));
        Assert.Contains("node 'last' (y) uses the operator Relus of ai.onnx opset 17", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'Relu'?", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACircleIsRefused()
    {
        var model = Model(Chain());
        var nodes = model.Graph.Nodes.Select(node => node.Operator == "Mul" ? node with { Inputs = ["y", "three"] } : node).ToArray();
        var refusal = Assert.Throws<RetortException>(() => new OnnxProgram(model with { Graph = model.Graph with { Nodes = nodes } },
            _device));
        Assert.Contains("waits for its own output", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShapesThatDoNotFitNameTheNode()
    {
        using var program = new OnnxProgram(Model(new OnnxGraph("g").Input("x", OnnxType.Float, 2, 3).Initializer("w", [2, 2], [1f, 2, 3, 4])
            .Node("MatMul", ["x", "w"], ["y"]).Output("y", OnnxType.Float, 2, 2)), _device);
        var refusal = Assert.Throws<RetortException>(() => program.Run([OnnxArray.Of([2, 3], new float[6])]));
        Assert.Contains("ONNX node MatMul 'MatMul_0'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("inner sizes differ, 3 and 2", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _device.Dispose();
}
