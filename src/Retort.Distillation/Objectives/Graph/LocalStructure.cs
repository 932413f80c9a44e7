using Retort.Nn.Graphs;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Graph;

/// <summary>
/// L = Σ_pairs mean over nodes with neighbours of KL(LS_t ‖ LS_s), LS_ij = softmax over the neighbours j of i of exp(−‖h_i − h_j‖²/σ):
/// which of its neighbours a node is like (Yang et al. 2020, LSP, eq. 4 to 7, the kernel of radial basis functions). No adapter: distances
/// have no width. h [nodes, …], every node of the graph in order.
/// </summary>
public sealed class LocalStructure(ObjectiveContext given) : FeatureObjective(given.Pairs)
{
    private readonly NodeGraph _graph = given.Surroundings.Graph
        ?? throw new RetortException(Entry.Name, "the data have no neighbours.", "data.source graph.", "use relational-distance.");
    private readonly double _width = given.Number("width");

    public static ObjectiveEntry Entry { get; } =
        new("local-structure", "LSP: which of its neighbours a node is like", "Yang et al. 2020, arXiv 2003.10477",
        "mean_i KL(LS_teacher,i ‖ LS_student,i)", Needs.Features, given => new LocalStructure(given))
    {
        OnGraph = true,
        Keys = [ObjectiveKey.Number("width", 100, NumberRange.Positive(1e9), "σ of the kernel, as in published code")],
    };

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        if (student.Shape[0] != _graph.Nodes)
            throw new RetortException(Name, $"{student.Shape[0]} examples of a graph of {_graph.Nodes} nodes.", "every node, in order.",
                "use a student of kind gcn, graph-sage or gat.");
        var neighbours = _graph.Neighbours;
        int[] nodes = [.. neighbours.Entries().Select(entry => entry.Row)];
        var (from, to) = (step.Constant(new Shape(nodes.Length), nodes), step.Constant(new Shape(nodes.Length), neighbours.Ids));
        var starts = step.Constant(new Shape(neighbours.Starts.Length), neighbours.Starts);
        Tensor Structure(Tensor h)
        {
            h = step.Flat(h);
            var distances = step.Sum(step.Square(step.Subtract(step.Embedding(h, from), step.Embedding(h, to))), -1, keep: true);
            return step.SegmentSoftmax(step.Exp(step.Scale(distances, -1 / _width)), starts, logarithm: true);
        }
        var (own, taught) = (Structure(student), Structure(teacher));
        var counted = Enumerable.Range(0, _graph.Nodes).Count(node => _graph.Degree(node) > 0);
        return step.Scale(step.SumAll(step.Multiply(step.Exp(taught), step.Subtract(taught, own))), 1.0 / Math.Max(1, counted));
    }
}
