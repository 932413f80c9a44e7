using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Graphs;

/// <summary>
/// GAT: h = x·W in heads; y_i = Σ_j a_ij·h_j + b over the neighbours j of i and i itself, a_i = softmax_j(LeakyReLU(u·h_i + v·h_j)), slope
/// 0.2 (Veličković et al. 2018, eqs. 1 to 5). Hidden layers put their heads side by side, the output has one; no dropout of attention.
/// </summary>
public sealed class GraphAttention : GraphModel
{
    private const double Slope = 0.2;
    private readonly int _heads;
    private readonly Parameter[] _weights, _biases, _receivers, _senders;
    private Tensor _receiverIds;
    private SparseMatrix _sums;

    /// <param name="exampleShape">[features]</param>
    /// <param name="hidden">Widths of the hidden layers, all heads together.</param>
    /// <param name="heads">Of a hidden layer; each width is a multiple of it.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="dropout">After each hidden layer.</param>
    /// <param name="inputDropout">Of the inputs.</param>
    public GraphAttention(Shape exampleShape, IReadOnlyList<int> hidden, int heads, int classes, double dropout = 0,
        double inputDropout = 0)
        : base(exampleShape, classes, hidden, dropout, inputDropout)
    {
        if (heads < 1 || hidden.Any(width => width % heads != 0))
            throw new RetortException("model", $"{heads} heads for hidden layers of {string.Join(", ", hidden)}.",
                "widths that are multiples of the heads.");
        _heads = heads;
        var layers = Layers().Index().ToList();
        Parameter[] Each(string name, Func<int, int, int, Shape> shape, Initializer initializer) => [.. layers.Select(layer =>
            Weights.Add($"{layer.Item.Name}.{name}", shape(HeadsOf(layer.Index), layer.Item.Outputs, layer.Item.Inputs), initializer))];
        _weights = Each("weight", (_, outputs, inputs) => new Shape(outputs, inputs), Initializer.Glorot);
        _biases = Each("bias", (_, outputs, _) => new Shape(outputs), Initializer.Zeros);
        _receivers = Each("receiver", (count, outputs, _) => new Shape(count, outputs / count), Initializer.Glorot);
        _senders = Each("sender", (count, outputs, _) => new Shape(count, outputs / count), Initializer.Glorot);
    }

    public override IReadOnlyList<Parameter> HiddenWeights => _weights[..^1];
    public override long MultiplyAdds => _weights.Concat(_receivers).Concat(_senders).Sum(weight => weight.Shape.Count);

    public override SparseRows MatrixOf(NodeGraph graph) => SparseRows.Create(graph.Nodes, graph.Nodes,
        [.. graph.Neighbours.Entries().Concat(Enumerable.Range(0, graph.Nodes).Select(node => (node, node, 1f)))]);

    /// <summary>Each entry is an edge: who receives along it, and a matrix that adds up what a node receives.</summary>
    protected override SparseMatrix Place(Arena arena, SparseRows matrix)
    {
        int[] receivers = [.. matrix.Entries().Select(entry => entry.Row)];
        _receiverIds = arena.Allocate(new Shape(receivers.Length), DataType.Int32);
        arena.Device.Write(_receiverIds, receivers);
        _sums = SparseRows.Create(matrix.Rows, matrix.Count, [.. receivers.Select((row, edge) => (row, edge, 1f))]).On(arena);
        return matrix.On(arena);
    }

    protected override Tensor Layer(Step step, int number, Tensor x)
    {
        var (heads, h) = (HeadsOf(number), step.Linear(x, _weights[number].Value));
        var width = h.Shape[1] / heads;
        var byHead = step.Reshape(h, new Shape(h.Shape[0], heads, width));
        Tensor Score(Parameter parameter) => step.Sum(step.Multiply(byHead, parameter.Value), -1); // [nodes, heads]
        var (edges, senders) = (_receiverIds.Shape[0], Matrix.Forward.Ids);
        var scores = step.Apply(Unary.LeakyRelu, step.Add(step.Embedding(Score(_receivers[number]), _receiverIds),
            step.Embedding(Score(_senders[number]), senders)), Slope);
        var shares = step.Reshape(step.SegmentSoftmax(scores, Matrix.Forward.Starts), new Shape(edges, heads, 1));
        var sent = step.Multiply(step.Embedding(byHead, senders), shares);
        return step.Add(step.SparseMatMul(_sums, step.Reshape(sent, new Shape(edges, heads * width))), _biases[number].Value);
    }

    private int HeadsOf(int layer) => layer == Hidden.Count ? 1 : _heads;
}
