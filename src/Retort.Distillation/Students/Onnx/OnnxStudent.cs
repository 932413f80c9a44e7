using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Students.Onnx;

/// <summary>
/// A graph from an ONNX file that goes on learning. Its float constants of one dimension or more are parameters, the running statistics
/// of batch norms are state, and single numbers and what stands in Constant nodes stay as they are. Its taps are the values of the graph
/// that have a row an example.
/// </summary>
public sealed class OnnxStudent : Module
{
    /// <summary>Numbers that the values of a trial of two or three examples may have together, and outputs that are tried.</summary>
    private const int MostInTrial = 1 << 28, MostOutputs = 8;

    private readonly TrainableGraph _graph;
    private readonly Dictionary<string, Parameter> _numbers = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, Shape> _taps = new Dictionary<string, Shape>();
    private long _multiplyAdds;

    private OnnxStudent(TrainableGraph graph, Shape exampleShape, int classes) : base(exampleShape, classes)
    {
        _graph = graph;
        foreach (var number in graph.Parameters)
            _numbers.Add(number.Name, Weights.Add(number.Name, ShapeOf(number), Initializer.Given((float[])number.Elements)));
        foreach (var number in graph.States)
            _numbers.Add(number.Name, Weights.AddState(number.Name, ShapeOf(number), Initializer.Given((float[])number.Elements)));
    }

    /// <param name="model">One input of floats, and an output with a number a class; a Softmax behind it is left out.</param>
    /// <param name="exampleShape">Shape of the examples.</param>
    /// <param name="classes">Classes of the data.</param>
    /// <exception cref="RetortException">An operator cannot learn here, or the model is for other examples or classes.</exception>
    public static OnnxStudent Create(OnnxModel model, Shape exampleShape, int classes)
    {
        using var device = new CpuDevice(1);
        var found = new List<string>();
        // each trial runs the graph: those whose declared shape fits are the first
        foreach (var output in model.Graph.Outputs.OrderByDescending(output => output.Shape is { Count: 2 } declared
            && declared[1] == classes).Take(MostOutputs))
        {
            var graph = TrainableGraph.Of(model, output.Name, exampleShape);
            using var trial = new OnnxStudent(graph, exampleShape, classes);
            trial.Build(device, default);
            trial.Written([]); // what cannot be written is refused now
            // two batches tell a row an example from a constant of as many rows
            var (two, three) = (trial.ShapesOf(device, 2), trial.ShapesOf(device, 3));
            var taps = two.Where(tap => tap.Key != graph.Input)
                .Where(tap => tap.Value.Rank > 1 && tap.Value[0] == 2 && three[tap.Key] == tap.Value.With(0, 3))
                .ToDictionary(tap => tap.Key, tap => tap.Value.Without(0), StringComparer.Ordinal);
            if (taps.TryGetValue(graph.Answer, out var answer) && answer == new Shape(classes))
                return new OnnxStudent(graph, exampleShape, classes) { _taps = taps, _multiplyAdds = graph.MultiplyAdds(two) / 2 };
            found.Add($"{graph.Answer} {two[graph.Answer]} for 2 examples");
        }
        throw new RetortException(model.Location, $"its outputs are {string.Join(", ", found)}.",
            $"one of floats [N, {classes}], for the {classes} classes of the data.", "use data with the classes of this model.");
    }

    /// <summary>What it is, one sentence for people.</summary>
    public string Description => $"{_graph.Nodes.Count} nodes of the ONNX graph {_graph.Hash[..12]}, {Weights.Count:N0} numbers that learn"
        + (_graph.LeftOut.Length == 0 ? "" : $"; its last {_graph.LeftOut} is left out: the student answers with logits");

    /// <summary>Shapes of the taps, without the batch.</summary>
    public IReadOnlyDictionary<string, Shape> TapShapes => _taps;
    public override IReadOnlyList<string> TapNames => [.. _taps.Keys];
    public override IReadOnlyList<Parameter> HiddenWeights => [.. _graph.HiddenWeights.Select(name => _numbers[name])];
    public override long MultiplyAdds => _multiplyAdds;

    public override Tensor Forward(Step step, Tensor examples)
    {
        CheckInput("onnx", examples);
        return Run(step, examples, null)[_graph.Answer];
    }

    /// <summary>The same graph with the numbers as they are now.</summary>
    /// <param name="classNames">Travel with it.</param>
    public OnnxGraph Written(IReadOnlyList<string> classNames) => _graph.Written([OnnxGraph.Batch, .. ExampleShape.ToArray()],
        [OnnxGraph.Batch, Classes], name => _numbers[name].Value.Device.ToFloats(_numbers[name].Value), classNames);

    private Dictionary<string, Shape> ShapesOf(CpuDevice device, int batch)
    {
        using var step = new Step(device, "trial");
        step.Begin(training: false);
        var shape = BatchShape(batch);
        return Run(step, step.Constant(shape, new float[shape.Count]), MostInTrial)
            .ToDictionary(value => value.Key, value => value.Value.Shape);
    }

    /// <param name="step">The running step.</param>
    /// <param name="examples">[B, …example]</param>
    /// <param name="together">Numbers that all values may have together; null = each as many as an array has.</param>
    private Dictionary<string, Tensor> Run(Step step, Tensor examples, long? together)
    {
        var made = 0L;
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [_graph.Input] = examples };
        foreach (var (node, work) in _graph.Nodes)
        {
            var call = new TrainableCall(step, node, _graph.Opset, name => Find(step, values, name), _graph.Constants,
                together - made ?? int.MaxValue);
            try
            {
                var value = work(call);
                call.CheckSize(value.Shape.Count);
                made += value.Shape.Count;
                values[node.Outputs[0]] = Tap(node.Outputs[0], value);
            }
            catch (Exception error) when (error is RetortException or ArithmeticException)
            {
                var what = error is RetortException told ? $"{told.Location}: {told.What}" : "its numbers are too large.";
                throw new RetortException(_graph.Location, $"node {node.Title} ({node.Outputs[0]}) cannot learn here. {what}",
                    (error as RetortException)?.Expected ?? "", "use the model as a teacher, or export it in another way.", error);
            }
        }
        return values;
    }

    private Tensor Find(Step step, Dictionary<string, Tensor> values, string name) =>
        values.TryGetValue(name, out var made) ? made
        : _numbers.TryGetValue(name, out var number) ? number.Value
        : _graph.Constants.TryGetValue(name, out var constant) && constant.Elements is float[] elements
            ? step.Constant(ShapeOf(constant), elements)
        : throw new RetortException("ONNX graph", $"'{name}' is read as floats, and it holds none.", "32-bit floats.");

    private static Shape ShapeOf(OnnxTensor tensor) => new([.. tensor.Shape.Select(extent => (long)extent)]);
}
