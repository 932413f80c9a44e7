using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>
/// From a graph as it lies in a file to one that can run: every operator found, nodes that no output needs left out, the others in an
/// order in which each finds its inputs, nodes of constants computed once, and the last reader of each value known.
/// </summary>
/// <param name="model">Versions, functions, and the name for errors.</param>
/// <param name="engine">Computes nodes of constants.</param>
/// <param name="around">Values by name of the graph around this one; null for the outermost.</param>
/// <param name="opsets">Versions of the operator sets.</param>
internal sealed class GraphPreparation(OnnxModel model, OnnxEngine engine, GraphPreparation? around, IReadOnlyDictionary<string,
    long> opsets)
{
    /// <summary>Larger constants are made anew in each run.</summary>
    private const int LargestFolded = 1 << 20;
    private const int DeepestFunction = 32;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<int, OnnxValue> _constants = [];
    private readonly Dictionary<int, int> _captured = [];

    public PreparedGraph Prepare(OnnxModelGraph graph, IReadOnlyList<string> outputs)
    {
        foreach (var constant in graph.Initializers)
        {
            var array = OnnxArray.Of(constant);
            array.IsConstant = around is null;
            _constants[Place(constant.Name)] = array;
        }
        var given = graph.Inputs.Where(input => around is not null || !_places.ContainsKey(input.Name)).ToList();
        var inputs = given.Select(input => Place(input.Name)).ToArray();
        var ordered = NodeOrder.Of(graph, outputs, model.Location);
        foreach (var name in ordered.SelectMany(node => node.Outputs).Where(name => name.Length > 0)) Place(name);
        List<PreparedNode> nodes = [];
        foreach (var node in ordered)
            if (Prepared(node) is var prepared && !Folds(prepared, inputs)) nodes.Add(prepared);
        var results = outputs.Select(Find).ToArray();
        var values = new OnnxValue?[_places.Count];
        foreach (var (place, constant) in _constants) values[place] = constant;
        FindLastReaders(nodes, values, results);
        return new PreparedGraph(graph.Name, inputs, results, [.. _captured.Select(pair => (pair.Key, pair.Value))], nodes, values);
    }

    private int Place(string name) => _places.TryGetValue(name, out var place) ? place : _places[name] = _places.Count;

    /// <summary>The place of a value of this graph, or of one around it, which is then handed in.</summary>
    private int Find(string name)
    {
        if (_places.TryGetValue(name, out var place)) return place;
        if (around is null || !around.Knows(name))
            throw new RetortException(model.Location, $"the value '{name}' is read and nothing makes it.", "a graph in which every value is made.");
        var outer = around.Find(name);
        place = Place(name);
        _captured[outer] = place;
        return place;
    }

    private bool Knows(string name) => _places.ContainsKey(name) || (around?.Knows(name) ?? false);

    private PreparedNode Prepared(OnnxNode node)
    {
        var opset = opsets.GetValueOrDefault(node.Domain, model.Opsets.GetValueOrDefault(node.Domain, 1));
        var bodies = node.Attributes.Where(pair => pair.Value is OnnxModelGraph).ToDictionary(pair => pair.Key, pair =>
            Body((OnnxModelGraph)pair.Value));
        var inputs = node.Inputs.Select(name => name.Length == 0 ? -1 : Find(name)).ToArray();
        var outputs = node.Outputs.Select(name => name.Length == 0 ? -1 : Place(name)).ToArray();
        var function = model.Functions.FirstOrDefault(function => function.Name == node.Operator && function.Domain == node.Domain);
        if (function is null) return new PreparedNode(node, opset, OperatorTable.Find(model, node, opset), inputs, outputs, bodies);
        var expanded = Expanded(function);
        return new PreparedNode(node, opset, call => call.Run("", call.Inputs), inputs, outputs,
            new Dictionary<string, PreparedGraph> { [""] = expanded });
    }

    private PreparedGraph Body(OnnxModelGraph graph) =>
        new GraphPreparation(model, engine, this, opsets) { Within = Within }.Prepare(graph,
            [.. graph.Outputs.Select(output => output.Name)]);

    private PreparedGraph Expanded(OnnxFunction function)
    {
        if (Within.Contains(function) || Within.Count == DeepestFunction)
            throw new RetortException(model.Location, $"the function '{function.Name}' is used {(Within.Contains(function) ? "by itself" : "too deep")}.",
                $"functions without recursion, at most {DeepestFunction} deep.");
        var graph = new OnnxModelGraph(function.Name, function.Nodes, [], [.. function.Inputs.Select(Untyped)],
            [.. function.Outputs.Select(Untyped)]);
        return new GraphPreparation(model, engine, null, function.Opsets) { Within = [.. Within, function] }.Prepare(graph,
            function.Outputs);
    }

    /// <summary>The functions whose bodies are being prepared around this graph.</summary>
    private IReadOnlyList<OnnxFunction> Within { get; init; } = [];

    private static OnnxValueInfo Untyped(string name) => new(name, OnnxType.Undefined, null);

    private bool Folds(PreparedNode node, int[] inputs)
    {
        if (node.Bodies.Count > 0 || OperatorTable.IsRandom(node.Node)
            || node.Inputs.Any(place => place >= 0 && (!_constants.ContainsKey(place) || inputs.Contains(place)))) return false;
        var values = new OnnxValue?[_places.Count];
        foreach (var place in node.Inputs.Where(place => place >= 0)) values[place] = _constants[place];
        try
        {
            new GraphRun(engine).Run(node, values);
        }
        catch (RetortException)
        {
            return false; // the run will say so, with the numbers that it has
        }
        var made = node.Outputs.Where(place => place >= 0).ToList();
        if (made.Any(place => values[place] is not OnnxArray { Count: <= LargestFolded })) return false;
        foreach (var place in made)
        {
            var array = (OnnxArray)values[place]!;
            array.IsConstant = around is null;
            _constants[place] = array;
        }
        return true;
    }

    private static void FindLastReaders(List<PreparedNode> nodes, OnnxValue?[] constants, int[] results)
    {
        HashSet<int> seen = [.. results];
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            var read = nodes[i].Inputs.Concat(nodes[i].Bodies.Values.SelectMany(body => body.Captured.Select(pair => pair.Outer)));
            nodes[i].Ended = [.. read.Concat(nodes[i].Outputs).Where(place => place >= 0 && constants[place] is null && seen.Add(place))];
        }
    }
}
