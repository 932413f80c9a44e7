using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Students.Onnx;

/// <summary>A graph from an ONNX file learns as our own model of the same form does, and is saved and written as any student.</summary>
public sealed class OnnxStudentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(1);

    /// <summary>Weights, state, logits in training and in evaluation, and the gradient of every parameter.</summary>
    [Theory]
    [InlineData("conv-net")]
    [InlineData("relu")]
    [InlineData("tanh")]
    [InlineData("silu")]
    [InlineData("gelu")]
    public void AnExportReadAgainIsTheModel(string kind)
    {
        using Module own = kind == "conv-net" ? new ConvNet(new Shape(2, 8, 8), [3, 4], 5)
            : new Mlp(new Shape(2, 4), [7, 4], 5, Enum.Parse<Activation>(kind, ignoreCase: true));
        own.Build(_device, new Seed(3));
        using var again = Student(Written("own.onnx", OnnxExport.GraphOf(own, Described(own))), own.ExampleShape, 5);
        Assert.Equal(own.MultiplyAdds, again.MultiplyAdds);
        Assert.Equal(own.HiddenWeights.Select(weight => weight.Name), again.HiddenWeights.Select(weight => weight.Name));
        var (expected, found) = (Learned(own), Learned(again));
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        foreach (var (name, values) in expected)
            Assert.Equal(values, found[name], (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Abs(a)));
    }

    /// <summary>Every operator, against the executor of teachers in evaluation and against differences in training.</summary>
    [Fact]
    public void ValuesAndGradientsOfAllOperatorsAgree()
    {
        var model = Written("all.onnx", EveryOperator());
        Assert.Empty(TrainableOperators.Names.Except(model.Graph.Nodes.Select(node => node.Operator)));
        using var student = Student(model, new Shape(2, 6, 6), 4);
        var examples = Numbers(3 * 72, 5);
        Assert.Equal(Answer(model, examples, [3, 2, 6, 6], "logits"), Logits(student, examples, 3),
            (a, b) => Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)));

        using var reference = new ReferenceDevice();
        using var exact = OnnxStudent.Create(model, new Shape(2, 6, 6), 4);
        exact.Build(reference, default);
        using var step = new Step(reference);
        double[] upstream = [.. Numbers(12, 8).Select(number => (double)number)];
        Tensor Forward()
        {
            step.Begin(training: true, new Seed(1));
            return exact.Forward(step, step.Constant(exact.BatchShape(3), examples));
        }
        var logits = Forward();
        step.Backward(logits, step.Constant(logits.Shape, upstream));
        var gradients = reference.ToDoubles(exact.Weights.Gradients);
        var flat = reference.ToDoubles(exact.Weights.Flat);
        double Loss(int place, double moved)
        {
            var kept = flat[place];
            flat[place] += moved;
            reference.Write(exact.Weights.Flat, flat);
            flat[place] = kept;
            return reference.ToDoubles(Forward()).Zip(upstream, (a, b) => a * b).Sum();
        }
        foreach (var parameter in exact.Weights.Parameters)
            for (var i = (int)parameter.Offset; i < parameter.Offset + parameter.Shape.Count; i++)
            {
                var slope = (Loss(i, 1e-6) - Loss(i, -1e-6)) / 2e-6;
                Assert.True(Math.Abs(slope - gradients[i]) <= 1e-4 * Math.Max(1, Math.Abs(slope)),
                    $"{parameter.Name}[{i - parameter.Offset}]: {gradients[i]}, differences say {slope}");
            }
    }

    /// <summary>Files of other makers: what can learn here answers as the executor does, and its written form does too.</summary>
    [Theory]
    [InlineData("mnist8", 1, 28)]
    [InlineData("cnn", 1, 12)]
    public void ModelsFromElsewhereBecomeStudents(string name, int channels, int size)
    {
        var path = RealData.Files("model.onnx").FirstOrDefault(file => Path.GetFileName(Path.GetDirectoryName(file)) == name)
            ?? Fixtures.Find("onnx", name + ".onnx").Select(file => file.Path).FirstOrDefault();
        if (path is null) Assert.Skip($"RETORT_DATA and RETORT_FIXTURES hold no {name}.");
        var model = OnnxReader.Read(path);
        var classes = name == "cnn" ? 3 : 10;
        using var student = Student(model, new Shape(channels, size, size), classes);
        var examples = Numbers(3 * size * size, 4);
        var written = Written("again.onnx", student.Written(["a", "b"]));
        var found = Logits(student, examples, 3);
        for (var i = 0; i < 3; i++) // mnist8 takes one at a time
            Assert.Equal(Answer(model, examples.AsSpan(i * size * size, size * size).ToArray(), [1, channels, size, size], Answered(model)),
                found.AsSpan(i * classes, classes).ToArray(), (a, b) => Math.Abs(a - b) <= 1e-4 * Math.Max(1, Math.Abs(a)));
        Assert.Equal(Answer(written, examples, [3, channels, size, size], written.Graph.Outputs[0].Name), found,
            (a, b) => Math.Abs(a - b) <= 1e-4 * Math.Max(1, Math.Abs(a)));
    }

    /// <summary>What is written after learning, in a runtime that we did not write.</summary>
    [Fact]
    [Trait("Category", "Verifier")]
    public void AnotherRuntimeAnswersAlike()
    {
        using var runtime = OnnxRuntimeNode.TryCreate(out var whySkipped);
        if (runtime is null)
        {
            Assert.Skip(whySkipped);
            return;
        }
        using var student = Student(Written("all.onnx", EveryOperator()), new Shape(2, 6, 6), 4);
        var moved = Numbers((int)student.Weights.Flat.Shape.Count, 9);
        foreach (var parameter in student.Weights.Parameters)
            _device.Write(parameter.Value, moved.AsSpan((int)parameter.Offset, (int)parameter.Shape.Count));
        OnnxWriter.Write(_folder.At("learnt.onnx"), student.Written(["a", "b", "c", "d"]));
        var examples = Numbers(16 * 72, 5);
        Assert.Equal(runtime.Run(_folder.At("learnt.onnx"), "x", [16, 2, 6, 6], examples), Logits(student, examples, 16),
            (a, b) => Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void ItsFolderIsEnoughToLoadIt()
    {
        var path = _folder.At("m.onnx");
        OnnxWriter.Write(path, EveryOperator());
        var recipe = new ModelRecipe { Kind = "onnx", Path = path };
        using var student = Student(OnnxReader.Read(path), new Shape(2, 6, 6), 4);
        var moved = Numbers((int)student.Weights.Flat.Shape.Count, 9);
        foreach (var parameter in student.Weights.Parameters)
            _device.Write(parameter.Value, moved.AsSpan((int)parameter.Offset, (int)parameter.Shape.Count));
        var description = new ModelDescription(recipe, [2, 6, 6], ["a", "b", "c", "d"]);
        ModelCheckpoint.Save(_folder.At("saved"), student, description);
        File.Delete(path);
        ModelCheckpoint.Copy(_folder.At("saved"), _folder.At("copy"));
        Assert.Equal(ModelCheckpoint.Hash(_folder.At("saved")), ModelCheckpoint.Hash(_folder.At("copy")));
        var (again, _) = ModelCheckpoint.Load(_folder.At("copy"), _device);
        using (again)
        {
            var examples = Numbers(3 * 72, 5);
            Assert.Equal(Logits(student, examples, 3), Logits(again, examples, 3));
            Assert.Equal(student.Weights.Parameters.Select(one => one.Name), again.Weights.Parameters.Select(one => one.Name));
            var graph = OnnxReader.Read(Path.Combine(_folder.At("copy"), ModelCheckpoint.GraphFile));
            Assert.Equal(Answer(graph, examples, [3, 2, 6, 6], "logits"), Logits(again, examples, 3),
                (a, b) => Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)));
        }
    }

    [Fact]
    public void SoftmaxAtTheEndIsLeftOutAndValuesCanBeWatched()
    {
        using var student = Student(Written("m.onnx", Small().Node("Relu", ["z"], ["r"]).Node("Softmax", ["r"], ["p"])
            .Output("p", OnnxType.Float, OnnxGraph.Batch, 2)), new Shape(3), 2);
        Assert.Contains("2 nodes of the ONNX graph ", student.Description, StringComparison.Ordinal);
        Assert.EndsWith("8 numbers that learn; its last Softmax is left out: the student answers with logits", student.Description,
            StringComparison.Ordinal);
        Assert.Equal(["z", "r"], student.TapNames);
        student.Watch(["z"]);
        Assert.Equal([11f, 22], Logits(student, [1, 0, 0], 1));
        Assert.Equal(["z"], student.Tapped.Keys);
    }

    /// <summary>A file for one example at a time becomes a student that learns in batches, and is written free of that one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFixedBatchIsFreed(bool inNode)
    {
        var graph = new OnnxGraph("g").Input("x", OnnxType.Float, 1, 3, 1);
        var shape = new OnnxTensor("", OnnxType.Int64, [2], new[] { 1L, 3 });
        graph = inNode ? graph.Node("Constant", [], ["shape"], OnnxAttribute.Tensor("value", shape))
            : graph.Initializer("shape", [2], [1L, 3]);
        graph.Initializer("w", [3, 2], [1f, 2, 3, 4, 5, 6]).Node("Reshape", ["x", "shape"], ["row"]).Node("MatMul", ["row", "w"], ["y"])
            .Output("y", OnnxType.Float, 1, 2);
        using var student = Student(Written("one.onnx", graph), new Shape(3, 1), 2);
        float[] examples = [1, 0, 0, 0, 1, 0];
        Assert.Equal([1f, 2, 3, 4], Logits(student, examples, 2));
        Assert.Equal([1f, 2, 3, 4], Answer(Written("free.onnx", student.Written([])), examples, [2, 3, 1], "y"));
    }

    /// <summary>z = x · [[1, 2], [3, 4], [5, 6]] + [10, 20].</summary>
    private static OnnxGraph Small() => new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 3)
        .Initializer("w", [3, 2], [1f, 2, 3, 4, 5, 6]).Initializer("b", [2], [10f, 20]).Node("Gemm", ["x", "w", "b"], ["z"]);

    private static OnnxGraph EveryOperator()
    {
        var graph = new OnnxGraph("all") { Opset = 20 }.Input("x", OnnxType.Float, OnnxGraph.Batch, 2, 6, 6)
            .Initializer("rows", [2], [0L, -1]).Initializer("last", [1], [2L]).Initializer("one", [1], [1L])
            .Initializer("ratio", [], [0.25f]).Initializer("low", [], [-0.9f]).Initializer("high", [], [1.7f])
            .Node("Constant", [], ["half"], OnnxAttribute.Tensor("value", new OnnxTensor("", OnnxType.Float, [1], new[] { 0.5f })));
        Weight("k", 4, 1, 3, 3);
        Weight("kb", 4);
        Weight("scale", 4);
        Weight("shift", 4);
        graph.Initializer("mean", [4], [0.1f, -0.2f, 0.3f, 0]).Initializer("variance", [4], [1f, 2, 0.5f, 1.5f]);
        graph.Node("Conv", ["x", "k", "kb"], ["c"], OnnxAttribute.Ints("pads", 1, 1, 1, 1), OnnxAttribute.Int("group", 2))
            .Node("BatchNormalization", ["c", "scale", "shift", "mean", "variance"], ["n"], OnnxAttribute.Float("momentum", 0.8f))
            .Node("LeakyRelu", ["n"], ["l"], OnnxAttribute.Float("alpha", 0.2f))
            .Node("MaxPool", ["l"], ["m"], OnnxAttribute.Ints("kernel_shape", 2, 2), OnnxAttribute.Ints("strides", 2, 2))
            .Node("AveragePool", ["m"], ["a"], OnnxAttribute.Ints("kernel_shape", 2, 2), OnnxAttribute.Text("auto_pad", "VALID"))
            .Node("GlobalAveragePool", ["a"], ["g"]).Node("Flatten", ["g"], ["f"]).Node("Reshape", ["m", "rows"], ["r"]);
        Weight("w", 5, 36);
        Weight("wb", 5);
        Weight("v", 4, 5);
        Weight("vb", 1, 5);
        Weight("gain", 5);
        Weight("offset", 5);
        graph.Node("Gemm", ["r", "w", "wb"], ["h"], OnnxAttribute.Int("transB", 1))
            .Node("Gemm", ["f", "v", "vb"], ["o"], OnnxAttribute.Float("alpha", 0.5f), OnnxAttribute.Float("beta", 2))
            .Node("LayerNormalization", ["h", "gain", "offset"], ["ln"]).Node("Add", ["ln", "o"], ["s"]);
        Weight("u", 5, 4);
        graph.Node("Sigmoid", ["s"], ["gate"]).Node("Add", ["gate", "half"], ["positive"]);
        var sum = "positive";
        foreach (var function in (string[])["Tanh", "Gelu", "Softplus", "Mish", "HardSwish", "Exp", "Erf", "Neg", "Identity", "Clip",
            "Softmax", "LogSoftmax", "Log", "Sqrt", "Abs", "Relu"])
        {
            var from = function is "Log" or "Sqrt" or "Abs" or "Relu" ? "positive" : "s";
            graph.Node(function, function == "Clip" ? [from, "low", "high"] : [from], [function])
                .Node("Add", [sum, function], [sum = $"+{function}"]);
        }
        return graph.Node("Dropout", [sum, "ratio"], ["d"]).Node("Div", ["d", "half"], ["q"]).Node("MatMul", ["q", "u"], ["p"])
            .Node("Unsqueeze", ["p", "last"], ["e"]).Node("Transpose", ["e"], ["t"], OnnxAttribute.Ints("perm", 0, 2, 1))
            .Node("Concat", ["t", "t"], ["tt"], OnnxAttribute.Int("axis", 1))
            .Node("ReduceMean", ["tt", "one"], ["y"], OnnxAttribute.Int("keepdims", 0)).Node("Unsqueeze", ["y", "one"], ["y3"])
            .Node("Squeeze", ["y3", "one"], ["y2"]).Node("Mul", ["y2", "half"], ["y1"]).Node("Sub", ["y1", "half"], ["logits"])
            .Output("logits", OnnxType.Float, OnnxGraph.Batch, 4);

        void Weight(string name, params long[] shape) => graph.Initializer(name, shape,
            (ReadOnlySpan<float>)Numbers((int)shape.Aggregate((a, b) => a * b), (ulong)name.Sum(letter => letter)));
    }

    private Dictionary<string, float[]> Learned(Module module)
    {
        var examples = Numbers(6 * (int)module.ExampleShape.Count, 7);
        using var step = new Step(_device);
        step.Begin(training: true, new Seed(1));
        var logits = module.Forward(step, step.Constant(module.BatchShape(6), examples));
        var said = _device.ToFloats(logits);
        step.Backward(logits, step.Constant(logits.Shape, Numbers(said.Length, 8)));
        var gradients = _device.ToFloats(module.Weights.Gradients);
        var found = module.Weights.Parameters.ToDictionary(one => one.Name,
            one => gradients.AsSpan((int)one.Offset, (int)one.Shape.Count).ToArray());
        foreach (var state in module.Weights.States) found.Add(state.Name, _device.ToFloats(state.Value));
        found.Add("in training", said);
        found.Add("in evaluation", Logits(module, examples, 6));
        return found;
    }

    private float[] Logits(Module module, float[] examples, int count)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(module.Forward(step, step.Constant(module.BatchShape(count), examples)));
    }

    private float[] Answer(OnnxModel model, float[] examples, int[] shape, string value)
    {
        using var program = new OnnxProgram(model, _device, value);
        return ((OnnxArray)program.Run([OnnxArray.Of(shape, examples)])[^1]).Floats();
    }

    /// <summary>The value before a Softmax at the end.</summary>
    private static string Answered(OnnxModel model) =>
        model.Graph.Nodes.Single(node => node.Outputs.Contains(model.Graph.Outputs[0].Name)) is { Operator: "Softmax" } last
            ? last.Inputs[0]
            : model.Graph.Outputs[0].Name;

    private OnnxStudent Student(OnnxModel model, Shape shape, int classes)
    {
        var student = OnnxStudent.Create(model, shape, classes);
        student.Build(_device, default);
        return student;
    }

    private OnnxModel Written(string name, OnnxGraph graph)
    {
        OnnxWriter.Write(_folder.At(name), graph);
        return OnnxReader.Read(_folder.At(name));
    }

    private static ModelDescription Described(Module module) =>
        new(new ModelRecipe { Kind = "mlp" }, [.. module.ExampleShape.ToArray().Select(extent => (int)extent)], ["a", "b", "c", "d", "e"]);

    private static float[] Numbers(int count, ulong seed) =>
        [.. Enumerable.Range(0, count).Select(i => (float)new Seed(seed).Normal((ulong)i) * 0.7f)];

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }
}
