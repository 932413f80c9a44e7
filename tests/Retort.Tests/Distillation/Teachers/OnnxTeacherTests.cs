using Retort.Data.Tables;
using Retort.Formats.Onnx;
using Retort.Teachers;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers;

public sealed class OnnxTeacherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(1);

    /// <summary>y = x · [[1, 2], [3, 4], [5, 6]] + [10, 20].</summary>
    private OnnxModel Linear(bool softmax, long batch = OnnxGraph.Batch)
    {
        var graph = new OnnxGraph("linear").Input("x", OnnxType.Float, batch, 3)
            .Initializer("w", [3, 2], [1f, 2, 3, 4, 5, 6]).Initializer("b", [2], [10f, 20])
            .Node("Gemm", ["x", "w", "b"], ["z"]);
        graph = softmax ? graph.Node("Softmax", ["z"], ["y"], OnnxAttribute.Int("axis", -1)).Output("y", OnnxType.Float, batch, 2)
            : graph.Output("z", OnnxType.Float, batch, 2);
        var path = _folder.At($"{softmax}{batch}.onnx");
        OnnxWriter.Write(path, graph);
        return OnnxReader.Read(path);
    }

    private OnnxTeacher Teacher(OnnxModel model, int[] shape, int classes, double scale = 1, TableLayout? layout = null) =>
        new(model, new OnnxProgram(model, _device), _device, shape, classes, scale, layout);

    [Theory]
    [InlineData(OnnxGraph.Batch)]
    [InlineData(1)]
    [InlineData(4)]
    public void LogitsComeAsTheModelGivesThem(long batch)
    {
        using var teacher = Teacher(Linear(softmax: false, batch), [3], 2);
        var logits = new float[6];
        teacher.Label([1, 0, 0, 0, 1, 0, 1, 1, 1], 3, logits);
        Assert.Equal([11f, 22, 13, 24, 19, 32], logits);
    }

    [Fact]
    public void ProbabilitiesBecomeTheirLogarithms()
    {
        using var teacher = Teacher(Linear(softmax: true), [3], 2);
        var logits = new float[2];
        teacher.Label([-10, 0, 0], 1, logits); // z = (0, 0)
        Assert.Equal(Math.Log(0.5), logits[0], 1e-6);
        Assert.Equal(Math.Log(0.5), logits[1], 1e-6);
    }

    [Fact]
    public void TheScaleIsInTheAnswerAndInTheHash()
    {
        var model = Linear(softmax: false);
        using var plain = Teacher(model, [3], 2);
        using var scaled = Teacher(model, [3], 2, scale: 255);
        var logits = new float[2];
        scaled.Label([1, 0, 0], 1, logits);
        Assert.Equal([265f, 530], logits);
        Assert.NotEqual(plain.Hash, scaled.Hash);
        Assert.StartsWith(model.Hash, scaled.Hash, StringComparison.Ordinal);
    }

    /// <summary>Encoded (v − 100)/10 goes in as v; a marked number as NaN.</summary>
    [Fact]
    public void ATableGoesInAsItsFileHasIt()
    {
        TableColumn[] columns = [new("a", ColumnKind.Number, 0, 0, -1, 1, 100, 10), new("a", ColumnKind.Mark, 0, 1, 0, 0),
            new("b", ColumnKind.Number, 0, 2, 0, 1), new("c", ColumnKind.Number, 0, 3, 0, 1)];
        using var teacher = Teacher(Linear(softmax: false), [4], 2, layout: new TableLayout(columns));
        var logits = new float[4];
        teacher.Label([0.5f, 0, 0, 0, 0, 1, 0, 0], 2, logits);
        Assert.Equal(115f, logits[0]);
        Assert.True(float.IsNaN(logits[2]));
    }

    [Theory]
    [InlineData(4, 2, "takes [N, 3]")]
    [InlineData(3, 5, "its outputs are z Float[1, 2]")]
    public void OtherExamplesAndClassesAreRefused(int width, int classes, string told)
    {
        var refusal = Assert.Throws<RetortException>(() => Teacher(Linear(softmax: false), [width], classes));
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The managed executor shows hidden values, and from then on the answers, and so the hash, are its own.</summary>
    [Fact]
    public void TheHashNamesTheProgramThatAnswers()
    {
        var model = Linear(softmax: false);
        var elsewhere = new Elsewhere(model, _device);
        using var teacher = new OnnxTeacher(model, elsewhere, _device, [3], 2);
        Assert.Equal($"{model.Hash}-Elsewhere", teacher.Hash);
        teacher.Watch(["z"]);
        Assert.Equal(model.Hash, teacher.Hash);
        Assert.Equal(1, elsewhere.Disposed);
    }

    /// <summary>Another runtime knows operators that the managed executor does not.</summary>
    [Fact]
    public void HiddenValuesThatCannotBeShownLeaveTheTeacherAsItWas()
    {
        var model = Linear(softmax: false);
        var elsewhere = new Elsewhere(model, _device);
        model = model with { Graph = model.Graph with { Nodes = [model.Graph.Nodes[0] with { Operator = "Unheard" }] } };
        using (var teacher = new OnnxTeacher(model, elsewhere, _device, [3], 2))
        {
            Assert.Contains("Unheard", Assert.Throws<RetortException>(() => teacher.Watch(["z"])).Message, StringComparison.Ordinal);
            var logits = new float[2];
            teacher.Label([1, 0, 0], 1, logits);
            Assert.Equal([11f, 22], logits);
            Assert.Equal($"{model.Hash}-Elsewhere", teacher.Hash);
            Assert.Equal(0, elsewhere.Disposed);
        }
        Assert.Equal(1, elsewhere.Disposed);
    }

    [Theory]
    [InlineData("a/b.onnx", true)]
    [InlineData("B.ONNX.GZ", true)]
    [InlineData("onnx", false)]
    public void APathIsKnownByItsEnding(string path, bool known) => Assert.Equal(known, OnnxTeacher.Knows(path));

    /// <summary>A program of another kind.</summary>
    private sealed class Elsewhere(OnnxModel model, CpuDevice device) : IOnnxProgram
    {
        private readonly OnnxProgram _program = new(model, device);

        public int Disposed { get; private set; }
        public IReadOnlyList<OnnxValueInfo> Inputs => _program.Inputs;
        public IReadOnlyList<string> Outputs => _program.Outputs;

        public IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs, CancellationToken cancellation = default) =>
            _program.Run(inputs, cancellation);

        public void Dispose()
        {
            Disposed++;
            _program.Dispose();
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }
}
