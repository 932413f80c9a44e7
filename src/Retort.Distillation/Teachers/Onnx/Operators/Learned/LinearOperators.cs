namespace Retort.Teachers.Onnx.Operators.Learned;

/// <summary>Linear models.</summary>
internal static class LinearOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["LinearRegressor"] = call =>
        {
            var scores = Scores(call, (int)call.Int("targets", 1));
            foreach (var row in scores) PostTransform.Apply(call.Text("post_transform", "NONE"), row);
            return [OnnxArray.Of([scores.Length, (int)call.Int("targets", 1)], [.. scores.SelectMany(row => row).Select(score => (float)score)])];
        },
        ["LinearClassifier"] = call =>
        {
            var classes = ClassLabels.Of(call);
            var columns = call.Array(0).Shape[^1];
            return classes.Answer(Scores(call, (call.Floats("coefficients")?.Length ?? 0) / Math.Max(1, columns)), call.Text("post_transform", "NONE"), false);
        },
    };

    private static double[][] Scores(OperatorCall call, int targets)
    {
        var (x, columns) = (call.Array(0).Doubles(), call.Array(0).Shape[^1]);
        var (coefficients, intercepts) = (call.Floats("coefficients") ?? [], call.Floats("intercepts") ?? []);
        if (targets < 1 || coefficients.Length != targets * columns)
            throw call.Refuse($"{coefficients.Length} coefficients for {columns} columns and {targets} targets");
        var scores = new double[columns == 0 ? 0 : x.Length / columns][];
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = new double[targets];
            for (var target = 0; target < targets; target++)
            {
                var sum = target < intercepts.Length ? intercepts[target] : 0.0;
                for (var column = 0; column < columns; column++) sum += coefficients[target * columns + column] * x[row * columns + column];
                scores[row][target] = sum;
            }
        }
        return scores;
    }
}
