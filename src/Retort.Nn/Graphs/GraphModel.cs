using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Graphs;

/// <summary>
/// A model of nodes that looks at their neighbours. A batch is every node of the attached matrix, in order. The weights know no graph: the
/// same model answers about another one when that is attached.
/// </summary>
public abstract class GraphModel : Module
{
    private readonly double _dropout, _inputDropout;
    private Arena? _arena;
    private NodeGraph? _graph, _wholeGraph;
    private SparseRows? _whole;

    /// <param name="exampleShape">[features]; it is flattened.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="hidden">Widths of the hidden layers.</param>
    /// <param name="dropout">After each hidden layer.</param>
    /// <param name="inputDropout">Of the inputs.</param>
    protected GraphModel(Shape exampleShape, int classes, IReadOnlyList<int> hidden, double dropout, double inputDropout)
        : base(exampleShape, classes)
    {
        Hidden = [.. hidden];
        (_dropout, _inputDropout) = (dropout, inputDropout);
        TapNames = TapsOf(hidden.Count);
    }

    public IReadOnlyList<int> Hidden { get; }
    public override IReadOnlyList<string> TapNames { get; }

    /// <summary>How far away what a node's answer depends on may be.</summary>
    public int Hops => Hidden.Count + 1;

    /// <summary>hidden.i of each hidden layer, then output.</summary>
    public static IReadOnlyList<string> TapsOf(int hiddenLayers) =>
        [.. Enumerable.Range(0, hiddenLayers).Select(i => $"hidden.{i}"), "output"];

    /// <summary>What the layers of this model multiply by.</summary>
    /// <param name="graph">The whole graph.</param>
    public abstract SparseRows MatrixOf(NodeGraph graph);

    /// <summary>The batches to come are the nodes of this graph.</summary>
    public void Attach(NodeGraph graph)
    {
        if (_graph == graph) return;
        Attach(WholeOf(graph));
        _graph = graph;
    }

    /// <summary>The batches to come are the rows of a matrix: of a neighbourhood, for instance.</summary>
    public void Attach(SparseRows matrix)
    {
        _graph = null;
        _arena ??= Weights.Flat.Device.CreateArena("graph");
        _arena.Reset();
        Matrix = Place(_arena, matrix);
    }

    /// <summary>What must be collected to answer about a few nodes.</summary>
    public Neighbourhood Around(NodeGraph graph, IReadOnlyList<int> nodes) => Neighbourhood.Around(WholeOf(graph), nodes, Hops);

    public override Tensor Forward(Step step, Tensor examples)
    {
        CheckInput("graph model", examples);
        if (_arena is null || examples.Shape[0] != Matrix.Rows)
            throw new RetortException("graph model",
                $"was given {examples.Shape[0]} nodes, and a graph of {(_arena is null ? 0 : Matrix.Rows)} is attached.",
                "every node of the attached graph, in order.", "attach the graph whose nodes these are.");
        var x = step.Dropout(step.Reshape(examples, new Shape(examples.Shape[0], ExampleShape.Count)), _inputDropout);
        for (var i = 0; i < Hidden.Count; i++) x = step.Dropout(Tap(TapNames[i], step.Relu(Layer(step, i, x))), _dropout);
        return Tap("output", Layer(step, Hidden.Count, x));
    }

    /// <summary>The attached matrix.</summary>
    protected SparseMatrix Matrix { get; private set; }

    /// <summary>Puts a matrix, and whatever else the layers read beside it, into the arena.</summary>
    protected virtual SparseMatrix Place(Arena arena, SparseRows matrix) => matrix.On(arena);

    /// <param name="step">The running step.</param>
    /// <param name="number">From 0 to Hidden.Count, which is the output.</param>
    /// <param name="x">[nodes, inputs]</param>
    /// <returns>[nodes, outputs], before the activation.</returns>
    protected abstract Tensor Layer(Step step, int number, Tensor x);

    /// <summary>Inputs and outputs of each layer.</summary>
    protected IEnumerable<(string Name, int Inputs, int Outputs)> Layers()
    {
        var widths = new[] { checked((int)ExampleShape.Count) }.Concat(Hidden).Append(Classes).ToArray();
        for (var i = 0; i < widths.Length - 1; i++)
            yield return (i == Hidden.Count ? "output" : $"hidden.{i}", widths[i], widths[i + 1]);
    }

    private SparseRows WholeOf(NodeGraph graph)
    {
        if (_wholeGraph != graph) (_whole, _wholeGraph) = (MatrixOf(graph), graph);
        return _whole!;
    }

    public override void Dispose()
    {
        _arena?.Dispose();
        base.Dispose();
    }
}
