using Retort.Formats.Onnx;
using Retort.Sources;
using Retort.Teachers;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

/// <summary>A teacher from an ONNX file answers in the loop, and shows any value of its graph that has a row an example.</summary>
public sealed class LiveOnnxTeacherTests : IDisposable
{
    private const int Count = 5;
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(1);
    private readonly float[] _examples = [.. Enumerable.Range(0, Count * 16).Select(i => (float)new Seed(9).Normal((ulong)i))];

    [Theory]
    [InlineData(OnnxGraph.Batch)]
    [InlineData(2)]
    public void ItAnswersInAStepAsItLabels(long batch)
    {
        using var teacher = Teacher(batch);
        var labelled = new float[Count * 3];
        teacher.Label(_examples, Count, labelled);
        using var live = new LiveTeacher([(Teacher(batch), 1)], probabilities: true, answers: true);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var said = live.Answer(step, step.Constant(new Shape(Count, 1, 4, 4), _examples), 0);
        Assert.Equal(new Shape(Count, 3), said.Teachers[0].Logits.Shape);
        Assert.Equal(labelled, _device.ToFloats(said.Teachers[0].Logits));
        Assert.Equal(labelled, _device.ToFloats(said.Target!.Value.Values));
    }

    [Theory]
    [InlineData(OnnxGraph.Batch)]
    [InlineData(2)]
    public void ItShowsMapsAndVectors(long batch)
    {
        using var live = new LiveTeacher([(Teacher(batch), 1)], probabilities: true, answers: true);
        var shapes = live.Watch(["map", "mean", "map"]);
        Assert.Equal([new Shape(2, 4, 4), new Shape(2)], [shapes["map"], shapes["mean"]]);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var examples = step.Constant(new Shape(Count, 1, 4, 4), _examples);
        var taps = live.Answer(step, examples, 0).Teachers[0].Taps;
        Assert.Equal(_examples.SelectMany((_, i) => i % 16 == 0 ? Map(i) : []), _device.ToFloats(taps["map"]));
        var mean = step.Reshape(step.AdaptiveAveragePool2d(taps["map"], 1, 1), new Shape(Count, 2));
        Assert.Equal(_device.ToFloats(mean), _device.ToFloats(taps["mean"]), (a, b) => Math.Abs(a - b) < 1e-6);
        live.Watch([]);
        Assert.Empty(live.Answer(step, examples, 0).Teachers[0].Taps);
    }

    [Theory]
    [InlineData("men", "did you mean 'mean'?")]
    [InlineData("w", "Float[2, 1, 1, 1] for 3 examples")]
    [InlineData("best", "Int64[2] for 2 examples")]
    [InlineData("total", "Float[] for 2 examples")]
    [InlineData("pairs", "'pairs' has another shape in another batch")]
    public void WhatIsNoRowAnExampleIsRefused(string tap, string told)
    {
        using var teacher = Teacher(OnnxGraph.Batch);
        Assert.Contains(told, Assert.Throws<RetortException>(() => teacher.Watch([tap])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GradientsThroughItAreRefused()
    {
        using var live = new LiveTeacher([(Teacher(OnnxGraph.Batch), 1)], probabilities: true, answers: true);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var examples = step.Variable(new Shape(Count, 1, 4, 4), _examples);
        var refusal = Assert.Throws<RetortException>(() => live.Answer(step, examples, 0, gradients: true));
        Assert.Contains("gradients were asked through an ONNX model", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>relu(1·x) and relu(−2·x): two channels of one image.</summary>
    private IEnumerable<float> Map(int first) =>
        ((float[])[1, -2]).SelectMany(weight => _examples.Skip(first).Take(16).Select(value => MathF.Max(0, weight * value)));

    private OnnxTeacher Teacher(long batch)
    {
        var path = _folder.At($"m{batch}.onnx");
        OnnxWriter.Write(path, new OnnxGraph("g").Input("x", OnnxType.Float, batch, 1, 4, 4)
            .Initializer("w", [2, 1, 1, 1], [1f, -2]).Initializer("v", [2, 3], [1f, 2, 3, -1, 0, 1])
            .Node("Conv", ["x", "w"], ["z"]).Node("Relu", ["z"], ["map"])
            .Node("GlobalAveragePool", ["map"], ["averaged"]).Node("Flatten", ["averaged"], ["mean"])
            .Node("MatMul", ["mean", "v"], ["logits"]).Node("ArgMax", ["logits"], ["best"], OnnxAttribute.Int("axis", 1),
                OnnxAttribute.Int("keepdims", 0))
            .Node("Transpose", ["mean"], ["turned"]).Node("MatMul", ["mean", "turned"], ["pairs"])
            .Node("ReduceSum", ["mean"], ["total"], OnnxAttribute.Int("keepdims", 0))
            .Output("logits", OnnxType.Float, batch, 3));
        var model = OnnxReader.Read(path);
        return new OnnxTeacher(model, new OnnxProgram(model, _device), _device, [1, 4, 4], 3);
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }
}
