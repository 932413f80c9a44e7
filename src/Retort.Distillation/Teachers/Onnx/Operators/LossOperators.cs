using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Losses of class scores [N, C, …] against class indices [N, …].</summary>
internal static class LossOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["NegativeLogLikelihoodLoss"] = call => [Loss(call, call.Array(0))],
        ["SoftmaxCrossEntropyLoss"] = CrossEntropy,
    };

    private static OnnxValue?[] CrossEntropy(OperatorCall call)
    {
        var logarithms = SoftmaxOperators.LogSoftmax(call.Array(0), 1);
        return [Loss(call, logarithms), logarithms];
    }

    /// <summary>−w[target] · logP[target]; the mean divides by the weights.</summary>
    private static OnnxArray Loss(OperatorCall call, OnnxArray logarithms)
    {
        var (targets, weights) = (call.Array(1).Longs(), call.Optional(2)?.Doubles());
        var ignored = call.HasAttribute("ignore_index") ? call.Int("ignore_index", 0) : default(long?);
        var (classes, space) = (logarithms.Shape[1], Extents.Product(logarithms.Shape, 2, logarithms.Rank));
        var values = logarithms.Doubles();
        var losses = new double[targets.Length];
        var total = 0.0;
        for (var i = 0; i < losses.Length; i++)
        {
            if (targets[i] == ignored) continue;
            var target = SelectionOperators.Index(targets[i], classes);
            var weight = weights?[target] ?? 1;
            total += weight;
            losses[i] = -weight * values[(i / space * classes + target) * space + i % space];
        }
        var reduction = call.Text("reduction", "mean");
        var (shape, result) = reduction switch
        {
            "none" => (call.Array(1).Shape, losses),
            "sum" => ([], [losses.Sum()]),
            _ => (Array.Empty<int>(), new[] { losses.Sum() / total }),
        };
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, result), logarithms.Type);
    }
}
