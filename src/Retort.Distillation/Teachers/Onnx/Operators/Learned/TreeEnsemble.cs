using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators.Learned;

/// <summary>Decision trees in flat arrays, as all three tree operators of ai.onnx.ml give them.</summary>
internal sealed class TreeEnsemble
{
    /// <summary>A node: a question about one feature, or a leaf with votes.</summary>
    /// <param name="Mode">BRANCH_LEQ and the like, or LEAF.</param>
    /// <param name="Feature">Column asked about.</param>
    /// <param name="Value">Compared with.</param>
    /// <param name="Then">Next node when true.</param>
    /// <param name="Else">Next node when false.</param>
    /// <param name="MissingIsTrue">NaN goes to <paramref name="Then"/>.</param>
    /// <param name="Members">For BRANCH_MEMBER.</param>
    public sealed record Node(string Mode, int Feature, double Value, int Then, int Else, bool MissingIsTrue,
        HashSet<double>? Members = null)
    {
        public List<(int Target, double Weight)> Votes { get; } = [];
    }

    private readonly List<Node> _nodes = [];
    private readonly List<int> _roots = [];

    public IEnumerable<(int Target, double Weight)> AllVotes => _nodes.SelectMany(node => node.Votes);

    /// <summary>TreeEnsembleClassifier and TreeEnsembleRegressor.</summary>
    /// <param name="call">Its constants.</param>
    /// <param name="votes">Prefix of the votes' constants: "class" or "target".</param>
    public static TreeEnsemble OfNodes(OperatorCall call, string votes)
    {
        var ensemble = new TreeEnsemble();
        var (trees, ids) = (Ints(call, "nodes_treeids"), Ints(call, "nodes_nodeids"));
        var (modes, features) = (call.Texts("nodes_modes") ?? [], Ints(call, "nodes_featureids"));
        var (thens, elses, missing) = (Ints(call, "nodes_truenodeids"), Ints(call, "nodes_falsenodeids"),
            call.Ints("nodes_missing_value_tracks_true") ?? []);
        var values = Numbers(call, "nodes_values");
        var places = new Dictionary<(long, long), int>();
        for (var i = 0; i < ids.Length; i++)
            if (!places.TryAdd((trees[i], ids[i]), i)) throw call.Refuse($"node {ids[i]} of tree {trees[i]} stands twice");
        for (var i = 0; i < ids.Length; i++)
        {
            var leaf = modes[i] == "LEAF";
            var (then, other) = leaf ? (-1, -1) : (Child(trees[i], thens[i]), Child(trees[i], elses[i]));
            ensemble._nodes.Add(new Node(modes[i], (int)features[i], values[i], then, other, i < missing.Length && missing[i] != 0));
        }
        // a tree begins with the node of it that stands first
        HashSet<long> begun = [];
        for (var i = 0; i < ids.Length; i++)
            if (begun.Add(trees[i])) ensemble._roots.Add(i);
        var (voteTrees, voteNodes, targets) = (Ints(call, $"{votes}_treeids"), Ints(call, $"{votes}_nodeids"), Ints(call, $"{votes}_ids"));
        var weights = Numbers(call, $"{votes}_weights");
        for (var i = 0; i < targets.Length; i++)
            ensemble._nodes[places[(voteTrees[i], voteNodes[i])]].Votes.Add((checked((int)targets[i]), weights[i]));
        return ensemble;

        int Child(long tree, long id) =>
            places.TryGetValue((tree, id), out var child) ? child : throw call.Refuse($"tree {tree} has no node {id}");
    }

    /// <summary>TreeEnsemble of opset 5: leaves apart from nodes, sets of members written one behind the other, NaN between them.</summary>
    public static TreeEnsemble OfLeaves(OperatorCall call)
    {
        string[] names = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER"];
        var ensemble = new TreeEnsemble();
        var (modes, splits) = (call.Tensor("nodes_modes")!.Longs(), call.Tensor("nodes_splits")!.Doubles());
        var (features, missing) = (Ints(call, "nodes_featureids"), call.Ints("nodes_missing_value_tracks_true") ?? []);
        var (thens, thenLeaves) = (Ints(call, "nodes_truenodeids"), Ints(call, "nodes_trueleafs"));
        var (elses, elseLeaves) = (Ints(call, "nodes_falsenodeids"), Ints(call, "nodes_falseleafs"));
        var sets = new Queue<HashSet<double>>(Members(call.Tensor("membership_values")?.Doubles() ?? []));
        for (var i = 0; i < modes.Length; i++)
            ensemble._nodes.Add(new Node(names[modes[i]], (int)features[i], splits[i],
                (int)(thenLeaves[i] != 0 ? modes.Length + thens[i] : thens[i]),
                    (int)(elseLeaves[i] != 0 ? modes.Length + elses[i] : elses[i]),
                i < missing.Length && missing[i] != 0, modes[i] == 6 ? sets.Dequeue() : null));
        var (targets, weights) = (Ints(call, "leaf_targetids"), call.Tensor("leaf_weights")!.Doubles());
        for (var i = 0; i < targets.Length; i++)
        {
            var leaf = new Node("LEAF", 0, 0, -1, -1, false);
            leaf.Votes.Add((checked((int)targets[i]), weights[i]));
            ensemble._nodes.Add(leaf);
        }
        ensemble._roots.AddRange(Ints(call, "tree_roots").Select(root => checked((int)root)));
        return ensemble;
    }

    /// <summary>The leaf that each tree leads an example to.</summary>
    public IEnumerable<Node> Leaves(ArraySegment<double> example)
    {
        foreach (var root in _roots)
        {
            var node = _nodes[root];
            for (var steps = 0; node.Mode != "LEAF"; node = _nodes[Answer(node, example[node.Feature]) ? node.Then : node.Else])
                if (steps++ > _nodes.Count) throw new ArgumentException("a tree leads in a circle");
            yield return node;
        }
    }

    private static bool Answer(Node node, double value) => double.IsNaN(value) ? node.MissingIsTrue : node.Mode switch
    {
        "BRANCH_LEQ" => value <= node.Value,
        "BRANCH_LT" => value < node.Value,
        "BRANCH_GTE" => value >= node.Value,
        "BRANCH_GT" => value > node.Value,
        "BRANCH_EQ" => value == node.Value,
        "BRANCH_NEQ" => value != node.Value,
        "BRANCH_MEMBER" => node.Members!.Contains(value),
        _ => throw new ArgumentException($"the node mode '{node.Mode}' is not known"),
    };

    private static IEnumerable<HashSet<double>> Members(double[] values)
    {
        HashSet<double> set = [];
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                set.Add(value);
                continue;
            }
            yield return set;
            set = [];
        }
        if (set.Count > 0) yield return set;
    }

    private static long[] Ints(OperatorCall call, string name) => call.Ints(name) ?? throw call.Refuse($"the attribute '{name}' is missing");

    /// <summary>Floats, or doubles in a tensor of a similar name.</summary>
    private static double[] Numbers(OperatorCall call, string name) => call.Node.Attributes.GetValueOrDefault($"{name}_as_tensor") is OnnxTensor tensor
        ? OnnxArray.Of(tensor).Doubles() : Array.ConvertAll(call.Floats(name) ?? [], value => (double)value);
}
