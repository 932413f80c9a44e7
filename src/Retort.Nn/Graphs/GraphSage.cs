using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Graphs;

/// <summary>
/// GraphSAGE with the mean of all neighbours: y_i = W·x_i + b + V·mean over neighbours j of x_j; a node without neighbours adds none
/// (Hamilton, Ying and Leskovec 2017, section 3.3; no sampling, no normalisation of the outputs).
/// </summary>
public sealed class GraphSage : GraphModel
{
    private readonly Linear[] _own;
    private readonly Parameter[] _neighbours;

    public GraphSage(Shape exampleShape, IReadOnlyList<int> hidden, int classes, double dropout = 0, double inputDropout = 0)
        : base(exampleShape, classes, hidden, dropout, inputDropout)
    {
        var layers = Layers().ToList();
        _own = [.. layers.Select(layer =>
            new Linear(Weights, layer.Name, layer.Inputs, layer.Outputs, Activation.None, Initializer.Glorot))];
        _neighbours = [.. layers.Select(layer =>
            Weights.Add($"{layer.Name}.neighbours.weight", new Shape(layer.Outputs, layer.Inputs), Initializer.Glorot))];
    }

    public override IReadOnlyList<Parameter> HiddenWeights =>
        [.. _own[..^1].Select(layer => layer.Weight).Concat(_neighbours[..^1])];

    public override long MultiplyAdds => _own.Sum(layer => layer.Weight.Shape.Count) + _neighbours.Sum(weight => weight.Shape.Count);

    public override SparseRows MatrixOf(NodeGraph graph) => SparseRows.Create(graph.Nodes, graph.Nodes,
        [.. graph.Neighbours.Entries().Select(entry => (entry.Row, entry.Column, 1f / graph.Degree(entry.Row)))]);

    /// <summary>The mean of products is the product of the mean, and the outputs are narrower than the inputs.</summary>
    protected override Tensor Layer(Step step, int number, Tensor x) =>
        step.Add(_own[number].Forward(step, x), step.SparseMatMul(Matrix, step.Linear(x, _neighbours[number].Value)));
}
