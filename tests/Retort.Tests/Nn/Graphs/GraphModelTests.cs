using Retort.Nn.Graphs;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn.Graphs;

/// <summary>Three nodes, 0 – 1 – 2: matrices and answers worked out by hand, and the neighbourhood that gives the same answer.</summary>
public sealed class GraphModelTests
{
    private static NodeGraph Line => new(3, [(0, 1), (2, 1), (1, 0), (1, 1)], [1, 2, 4]);

    private static double[] Answers(GraphModel model, NodeGraph graph, params double[][] parameters)
    {
        using var device = new ReferenceDevice();
        using (model)
        {
            model.Build(device, new Seed(3));
            foreach (var (parameter, values) in model.Weights.Parameters.Zip(parameters)) device.Write(parameter.Value, values);
            model.Attach(graph);
            using var step = new Step(device);
            step.Begin(training: false);
            return device.ToDoubles(model.Forward(step, step.Constant(new Shape(graph.Nodes, 1), graph.Features)));
        }
    }

    [Fact]
    public void AnEdgeCountsOnceAndALoopNotAtAll()
    {
        Assert.Equal([(0, 1, 1f), (1, 0, 1f), (1, 2, 1f), (2, 1, 1f)], Line.Neighbours.Entries());
        Assert.Equal(2, Line.Degree(1));
    }

    /// <summary>Degrees with loops are 2, 3, 2: Â₀₀ = 1/2, Â₀₁ = 1/√6, Â₁₁ = 1/3.</summary>
    [Fact]
    public void AConvolutionIsTheNormalisedSum()
    {
        var found = Answers(new GraphConvolution(new Shape(1), [], 2), Line, [1, -2], [0.5, 0]);
        double[] sums = [0.5 + 2 / Math.Sqrt(6), 5 / Math.Sqrt(6) + 2.0 / 3, 2 / Math.Sqrt(6) + 2];
        for (var node = 0; node < 3; node++)
        {
            Assert.Equal(sums[node] + 0.5, found[2 * node], 1e-6);
            Assert.Equal(-2 * sums[node], found[2 * node + 1], 1e-6);
        }
    }

    /// <summary>Parameters: own weights and biases, then the neighbours' weights.</summary>
    [Fact]
    public void SageAddsTheMeanOfTheNeighbours() =>
        Assert.Equal([1 + 10 * 2, 2 + 10 * 2.5, 4 + 10 * 2],
            Answers(new GraphSage(new Shape(1), [], 1), Line, [1], [0], [10]).Select(value => Math.Round(value, 9)));

    /// <summary>Scores of node 0: LeakyReLU(u·1 + v·1) and LeakyReLU(u·1 + v·2) with u = −3, v = 1: −0.4 and −0.2.</summary>
    [Fact]
    public void AttentionWeighsANodeAndItsNeighbours()
    {
        var found = Answers(new GraphAttention(new Shape(1), [], 1, 1), Line, [1], [0.25], [-3], [1]);
        double own = Math.Exp(-0.4), other = Math.Exp(-0.2);
        Assert.Equal((own * 1 + other * 2) / (own + other) + 0.25, found[0], 1e-9);
    }

    [Fact]
    public void AnIsolatedNodeHasItselfAlone()
    {
        var lonely = new NodeGraph(1, [], [3]);
        Assert.Equal([3.0], Answers(new GraphConvolution(new Shape(1), [], 1), lonely, [1], [0]));
        Assert.Equal([3.0], Answers(new GraphSage(new Shape(1), [], 1), lonely, [1], [0], [10]));
        Assert.Equal([3.0], Answers(new GraphAttention(new Shape(1), [], 1, 1), lonely, [1], [0], [-3], [1]));
    }

    public static TheoryData<string> Kinds => ["gcn", "sage", "gat"];

    private static GraphModel Model(string kind, Shape shape) => kind switch
    {
        "gcn" => new GraphConvolution(shape, [6], 3),
        "sage" => new GraphSage(shape, [6], 3),
        _ => new GraphAttention(shape, [6], 2, 3),
    };

    private static NodeGraph Ring(int nodes) => new(nodes,
        [.. Enumerable.Range(0, nodes).Select(node => (node, (node + 1) % nodes)), (0, nodes / 2)],
        [.. Enumerable.Range(0, nodes * 4).Select(i => (float)new Seed(5).Normal((ulong)i))]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ANeighbourhoodGivesTheAnswerOfTheWholeGraph(string kind)
    {
        using var device = new CpuDevice(1);
        using var model = Model(kind, new Shape(4));
        model.Build(device, new Seed(4));
        var graph = Ring(12);
        using var step = new Step(device);
        step.Begin(training: false);
        model.Attach(graph);
        var whole = device.ToFloats(model.Forward(step, step.Constant(new Shape(12, 4), graph.Features)));
        var around = model.Around(graph, [3]);
        Assert.Equal([3, 2, 4, 1, 5], around.Nodes);
        model.Attach(around.Matrix);
        var few = device.ToFloats(model.Forward(step,
            step.Constant(new Shape(5, 4), [.. around.Nodes.SelectMany(node => graph.Features[(4 * node)..(4 * node + 4)])])));
        for (var c = 0; c < 3; c++) Assert.Equal(whole[3 * 3 + c], few[c], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GradientsAreThoseOfFiniteDifferences(string kind)
    {
        using var device = new ReferenceDevice();
        using var model = Model(kind, new Shape(4));
        model.Build(device, new Seed(6));
        var graph = Ring(7);
        model.Attach(graph);
        double[] values = [.. graph.Features.Select(value => (double)value)];
        Assert.InRange(GradientCheck.WorstError(device, [(new Shape(7, 4), values)],
            (step, given) => model.Forward(step, given[0]), new Seed(7)), 0, 1e-6);
    }

    [Fact]
    public void ABatchThatIsNotTheGraphIsRefused()
    {
        using var device = new ReferenceDevice();
        using var model = new GraphSage(new Shape(1), [], 2);
        model.Build(device, new Seed(1));
        model.Attach(Line);
        using var step = new Step(device);
        step.Begin(training: false);
        var error = Assert.Throws<RetortException>(() => model.Forward(step, step.Constant(new Shape(2, 1), [1.0, 2])));
        Assert.Contains("was given 2 nodes, and a graph of 3 is attached.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HeadsThatDoNotFitAreRefused()
    {
        var error = Assert.Throws<RetortException>(() => new GraphAttention(new Shape(4), [6], 4, 2));
        Assert.Contains("4 heads for hidden layers of 6.", error.Message, StringComparison.Ordinal);
    }
}
