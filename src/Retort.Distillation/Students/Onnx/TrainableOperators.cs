using System.Collections.Frozen;
using Retort.Formats.Onnx;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Students.Onnx;

/// <summary>Operators of the default domain that a student may have: each in our own operations, which know their gradients.</summary>
internal static class TrainableOperators
{
    private static readonly FrozenDictionary<string, TrainableOperator> Table = new Dictionary<string, TrainableOperator>
    {
        ["Gemm"] = Products.Gemm,
        ["MatMul"] = Products.MatMul,
        ["Conv"] = Images.Convolve,
        ["BatchNormalization"] = Images.Normalise,
        ["MaxPool"] = Images.LargestOf,
        ["AveragePool"] = Images.MeanOf,
        ["GlobalAveragePool"] = call => call.Step.AdaptiveAveragePool2d(call.Input(0), 1, 1),
        ["LayerNormalization"] = Rows.Normalise,
        ["Softmax"] = call => call.Step.Softmax(call.Input(0), Rows.LastAxis(call)),
        ["LogSoftmax"] = call => call.Step.LogSoftmax(call.Input(0), Rows.LastAxis(call)),
        ["ReduceMean"] = Rows.Mean,
        ["Flatten"] = Shapes.Flatten,
        ["Reshape"] = Shapes.Reshape,
        ["Squeeze"] = Shapes.Squeeze,
        ["Unsqueeze"] = Shapes.Unsqueeze,
        ["Transpose"] = Shapes.Transpose,
        ["Concat"] = Shapes.Concat,
        ["Identity"] = call => call.Input(0),
        ["Dropout"] = call => call.Step.Dropout(call.Input(0), call.NumberOrInput("ratio", 1, 0.5f)),
        ["Add"] = Products.Joined(Binary.Add),
        ["Sub"] = Products.Joined(Binary.Subtract),
        ["Mul"] = Products.Joined(Binary.Multiply),
        ["Div"] = Products.Joined(Binary.Divide),
        ["Relu"] = Function(Unary.Relu),
        ["Sigmoid"] = Function(Unary.Sigmoid),
        ["Tanh"] = Function(Unary.Tanh),
        ["Softplus"] = Function(Unary.Softplus),
        ["Mish"] = Function(Unary.Mish),
        ["HardSwish"] = Function(Unary.HardSwish),
        ["Erf"] = Function(Unary.Erf),
        ["Exp"] = Function(Unary.Exp),
        ["Log"] = Function(Unary.Log),
        ["Sqrt"] = Function(Unary.SquareRoot),
        ["Abs"] = Function(Unary.Absolute),
        ["Neg"] = Function(Unary.Negate),
        ["LeakyRelu"] = call => call.Step.Apply(Unary.LeakyRelu, call.Input(0), call.Float("alpha", 0.01f)),
        ["Clip"] = call => call.Step.Apply(Unary.Clamp, call.Input(0), call.NumberOrInput("min", 1, float.MinValue),
            call.NumberOrInput("max", 2, float.MaxValue)),
        ["Gelu"] = call => call.Step.Apply(call.Text("approximate", "none") == "tanh" ? Unary.GeluTanh : Unary.Gelu, call.Input(0)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Table.Keys.Order(StringComparer.Ordinal);

    /// <exception cref="RetortException">No gradient is known here.</exception>
    public static TrainableOperator Find(OnnxNode node, string location)
    {
        if (node.Domain.Length == 0 && Table.TryGetValue(node.Operator, out var found)) return found;
        var name = node.Domain.Length == 0 ? node.Operator : $"{node.Domain}:{node.Operator}";
        throw new RetortException(location, $"node '{node.Name}' ({string.Join(", ", node.Outputs)}) uses {name}, which cannot learn here.",
            $"expected one of: {string.Join(", ", Names)}. {NearestName.Suggest(node.Operator, Table.Keys)}".TrimEnd(),
            "use the model as a teacher, or export it with other operators.");
    }

    private static TrainableOperator Function(Unary function) => call => call.Step.Apply(function, call.Input(0));
}
