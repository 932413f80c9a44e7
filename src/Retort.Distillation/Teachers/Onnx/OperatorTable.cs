using System.Collections.Frozen;
using Retort.Formats.Onnx;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Teachers.Onnx.Operators;
using Retort.Teachers.Onnx.Operators.Learned;

namespace Retort.Teachers.Onnx;

/// <summary>Operators by domain and name. A family adds its table to the list below.</summary>
internal static class OperatorTable
{
    private static readonly FrozenDictionary<string, OnnxOperator> Default = Joined(
        ArithmeticOperators.Table, ComparisonOperators.Table, ElementOperators.Table, ActivationOperators.Table, CastOperators.Table,
        ShapeOperators.Table, SelectionOperators.Table, ConstantOperators.Table, ReductionOperators.Table, SoftmaxOperators.Table,
        ProductOperators.Table, ConvolutionOperators.Table, PoolingOperators.Table, NormalizationOperators.Table,
        ControlFlowOperators.Table, RecurrentOperators.Table, QuantizationOperators.Table,
        TransposedConvolutionOperators.Table, DeformableConvolutionOperators.Table, SequenceOperators.Table, AttentionOperators.Table,
        RotaryOperators.Table, LinearAttentionOperators.Table, LossOperators.Table, ResizeOperators.Table, GridOperators.Table,
        BitOperators.Table, CumulativeOperators.Table, ScatterOperators.Table, PickOperators.Table, PadOperators.Table,
        LayoutOperators.Table, PatternOperators.Table, FourierOperators.Table, EinsumOperators.Table, DeterminantOperators.Table,
        RandomOperators.Table, TextOperators.Table, TermCountOperators.Table, RegionOperators.Table,
        RegionPoolingOperators.Table, CausalConvolutionOperators.Table, ImageOperators.Table);

    private static readonly FrozenDictionary<string, FrozenDictionary<string, OnnxOperator>> Domains =
        new Dictionary<string, FrozenDictionary<string, OnnxOperator>>
        {
            [""] = Default,
            ["ai.onnx.preview"] = Joined(AttentionOperators.Preview),
            ["ai.onnx.preview.training"] = Joined(TrainingOperators.Table),
            ["com.microsoft"] = Joined(ContributedOperators.Table),
            ["ai.onnx.ml"] = Joined(TreeOperators.Table, LinearOperators.Table, ColumnOperators.Table),
        }.ToFrozenDictionary();

    /// <summary>Names by domain, for lists.</summary>
    public static IEnumerable<string> Names => Domains.SelectMany(domain =>
        domain.Value.Keys.Select(name => domain.Key.Length == 0 ? name : $"{domain.Key}:{name}")).Order(StringComparer.Ordinal);

    /// <summary>Looks at every node, those of bodies and functions too, before any of them runs.</summary>
    /// <exception cref="RetortException">An operator is not here.</exception>
    public static void Check(OnnxModel model)
    {
        var own = model.Functions.Select(function => (function.Domain, function.Name)).ToHashSet();
        Check(model.Graph.Nodes, model.Opsets);
        foreach (var function in model.Functions) Check(function.Nodes, function.Opsets);

        void Check(IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, long> opsets)
        {
            foreach (var node in nodes)
            {
                if (!own.Contains((node.Domain, node.Operator)))
                    Find(model, node, opsets.GetValueOrDefault(node.Domain, model.Opsets.GetValueOrDefault(node.Domain, 1)));
                foreach (var body in node.Attributes.Values.OfType<OnnxModelGraph>()) Check(body.Nodes, opsets);
            }
        }
    }

    /// <exception cref="RetortException">The operator is not here.</exception>
    public static OnnxOperator Find(OnnxModel model, OnnxNode node, long opset)
    {
        if (Domains.TryGetValue(node.Domain, out var table) && table.TryGetValue(node.Operator, out var found)) return found;
        var domain = node.Domain.Length == 0 ? "ai.onnx" : node.Domain;
        throw new RetortException(model.Location,
            $"node '{node.Name}' ({string.Join(", ", node.Outputs)}) uses the operator {node.Operator} of {domain} opset {opset}, which is not supported.",
            table is null ? $"an operator of {string.Join(" or ", Domains.Keys.Select(name => name.Length == 0 ? "ai.onnx" : name))}."
                : NearestName.Suggest(node.Operator, table.Keys),
            "export the model with other operators.");
    }

    /// <summary>Operators whose answer is not made by their inputs alone.</summary>
    public static bool IsRandom(OnnxNode node) => node.Operator is "RandomNormal" or "RandomUniform" or "RandomNormalLike"
        or "RandomUniformLike" or "Multinomial" or "Bernoulli" or "Dropout";

    private static FrozenDictionary<string, OnnxOperator> Joined(params IReadOnlyDictionary<string, OnnxOperator>[] families) =>
        families.SelectMany(family => family).ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
