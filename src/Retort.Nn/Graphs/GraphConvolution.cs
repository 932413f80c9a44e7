using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Graphs;

/// <summary>GCN: y = Â·x·W + b, Â = D^(−1/2)·(A + I)·D^(−1/2), D the degrees with the loops (Kipf and Welling 2017, eq. 2).</summary>
public sealed class GraphConvolution : GraphModel
{
    private readonly Parameter[] _weights, _biases;

    public GraphConvolution(Shape exampleShape, IReadOnlyList<int> hidden, int classes, double dropout = 0, double inputDropout = 0)
        : base(exampleShape, classes, hidden, dropout, inputDropout)
    {
        var layers = Layers().ToList();
        _weights = [.. layers.Select(layer =>
            Weights.Add($"{layer.Name}.weight", new Shape(layer.Outputs, layer.Inputs), Initializer.Glorot))];
        _biases = [.. layers.Select(layer => Weights.Add($"{layer.Name}.bias", new Shape(layer.Outputs), Initializer.Zeros))];
    }

    public override IReadOnlyList<Parameter> HiddenWeights => _weights[..^1];
    public override long MultiplyAdds => _weights.Sum(weight => weight.Shape.Count);

    public override SparseRows MatrixOf(NodeGraph graph)
    {
        var scale = Enumerable.Range(0, graph.Nodes).Select(node => 1 / Math.Sqrt(graph.Degree(node) + 1)).ToArray();
        return SparseRows.Create(graph.Nodes, graph.Nodes, [.. graph.Neighbours.Entries()
            .Concat(Enumerable.Range(0, graph.Nodes).Select(node => (Row: node, Column: node, Value: 1f)))
            .Select(entry => (entry.Row, entry.Column, (float)(scale[entry.Row] * scale[entry.Column])))]);
    }

    protected override Tensor Layer(Step step, int number, Tensor x) =>
        step.Add(step.SparseMatMul(Matrix, step.Linear(x, _weights[number].Value)), _biases[number].Value);
}
