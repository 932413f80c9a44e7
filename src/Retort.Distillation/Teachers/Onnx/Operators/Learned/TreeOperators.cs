using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators.Learned;

/// <summary>Trees, forests and boosted trees of scikit-learn, XGBoost and LightGBM.</summary>
internal static class TreeOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["TreeEnsembleClassifier"] = Classify,
        ["TreeEnsembleRegressor"] = call => [Regress(call, call.Engine.Kept(call.Node, () => TreeEnsemble.OfNodes(call, "target")),
            call.Text("aggregate_function", "SUM"), call.Text("post_transform", "NONE"))],
        ["TreeEnsemble"] = call => [Regress(call, call.Engine.Kept(call.Node, () => TreeEnsemble.OfLeaves(call)),
            call.Int("aggregate_function", 1) switch { 0 => "AVERAGE", 2 => "MIN", 3 => "MAX", _ => "SUM" },
            PostTransform.Name(call.Int("post_transform", 0)))],
    };

    private static double[] Base(OperatorCall call) =>
        call.Tensor("base_values_as_tensor")?.Doubles() ?? Array.ConvertAll(call.Floats("base_values") ?? [], value => (double)value);

    private static OnnxArray Regress(OperatorCall call, TreeEnsemble trees, string aggregate, string transform)
    {
        var x = call.Array(0);
        var (data, columns, targets, start) = (x.Doubles(), x.Shape[^1], (int)call.Int("n_targets", 1), Base(call));
        var rows = columns == 0 ? 0 : x.Count / columns;
        var y = new double[rows * targets];
        for (var row = 0; row < rows; row++)
        {
            var scores = y.AsSpan(row * targets, targets);
            var counts = new int[targets];
            var leaves = 0;
            foreach (var leaf in trees.Leaves(new ArraySegment<double>(data, row * columns, columns)))
            {
                leaves++;
                foreach (var (target, weight) in leaf.Votes)
                    scores[target] = counts[target]++ == 0 ? weight : aggregate switch
                    {
                        "MIN" => Math.Min(scores[target], weight),
                        "MAX" => Math.Max(scores[target], weight),
                        _ => scores[target] + weight,
                    };
            }
            for (var target = 0; target < targets; target++)
                scores[target] = (aggregate == "AVERAGE" ? scores[target] / leaves : scores[target])
                    + (start.Length > 1 ? start[target] : start.Length == 1 ? start[0] : 0);
            PostTransform.Apply(transform, scores);
        }
        var type = call.Node.Operator == "TreeEnsemble" ? x.Type : OnnxType.Float;
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [rows, targets], y), type);
    }

    private static OnnxValue?[] Classify(OperatorCall call)
    {
        var trees = call.Engine.Kept(call.Node, () => TreeEnsemble.OfNodes(call, "class"));
        var (x, classes, start) = (call.Array(0), ClassLabels.Of(call), Base(call));
        var (data, columns) = (x.Doubles(), x.Shape[^1]);
        var voted = trees.AllVotes.Select(vote => vote.Target).Distinct().ToList();
        var oneScore = classes.Count == 2 && voted.Count == 1;
        var allPositive = trees.AllVotes.All(vote => vote.Weight >= 0);
        var scores = new double[x.Count / columns][];
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = new double[oneScore ? 1 : classes.Count];
            for (var i = 0; i < scores[row].Length; i++) scores[row][i] = start.Length == 0 ? 0 : start[oneScore ? start.Length - 1 : i];
            foreach (var leaf in trees.Leaves(new ArraySegment<double>(data, row * columns, columns)))
                foreach (var (target, weight) in leaf.Votes) scores[row][oneScore ? 0 : target] += weight;
        }
        return classes.Answer(scores, call.Text("post_transform", "NONE"), allPositive);
    }
}
