using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>What the graphs of several models are put together from; each part returns the name of what it made.</summary>
internal static class OnnxParts
{
    /// <summary>A node of one output.</summary>
    public static string Apply(this OnnxGraph graph, string operation, string output, IReadOnlyList<string> inputs,
        params OnnxAttribute[] attributes)
    {
        graph.Node(operation, [.. inputs], [output], attributes);
        return output;
    }

    /// <summary>A number, written once however often it is asked for.</summary>
    public static string Constant(this OnnxGraph graph, string name, float value)
    {
        if (!graph.Has(name)) graph.Initializer(name, [], [value]);
        return name;
    }

    /// <summary>Whole numbers: a shape, or axes; [] makes no vector but one number.</summary>
    public static string Whole(this OnnxGraph graph, string name, long[] shape, params long[] values)
    {
        if (!graph.Has(name)) graph.Initializer(name, shape, (ReadOnlySpan<long>)values);
        return name;
    }

    public static string Weight(this OnnxGraph graph, Parameter parameter)
    {
        if (!graph.Has(parameter.Name))
            graph.Initializer(parameter.Name, parameter.Shape.ToArray(), parameter.Value.Device.ToFloats(parameter.Value));
        return parameter.Name;
    }

    /// <summary>rows · weightᵀ + bias of rows [n, inputs]; weight [outputs, inputs] as it is stored.</summary>
    public static string Product(this OnnxGraph graph, string rows, string output, Parameter weight, Parameter? bias) =>
        graph.Apply("Gemm", output, bias is null ? [rows, graph.Weight(weight)] : [rows, graph.Weight(weight), graph.Weight(bias)],
            OnnxAttribute.Int("transB", 1));

    public static string Transposed(this OnnxGraph graph, string value, string output, params long[] order) =>
        graph.Apply("Transpose", output, [value], OnnxAttribute.Ints("perm", order));

    /// <summary>Scores to probabilities, over the last dimension.</summary>
    public static string Softmax(this OnnxGraph graph, string scores, string output) =>
        graph.Apply("Softmax", output, [scores], OnnxAttribute.Int("axis", -1));

    /// <summary>0 where it is seen, else the lowest finite number: −∞ would make a row of which nothing is seen no numbers.</summary>
    /// <param name="graph">It is added to.</param>
    /// <param name="seen">Booleans.</param>
    /// <param name="output">What is added to scores.</param>
    public static string Hidden(this OnnxGraph graph, string seen, string output) =>
        graph.Apply("Where", output, [seen, graph.Constant("zero", 0), graph.Constant("lowest", float.MinValue)]);

    public static string Activated(this OnnxGraph graph, Activation activation, string input, string output) => activation switch
    {
        Activation.Relu => graph.Apply("Relu", output, [input]),
        Activation.Tanh => graph.Apply("Tanh", output, [input]),
        Activation.Silu => graph.Apply("Mul", output, [input, graph.Apply("Sigmoid", output + ".gate", [input])]),
        Activation.Gelu => Gelu(graph, input, output),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "a function of a layer"),
    };

    /// <summary>f of a gate.</summary>
    public static string Activated(this OnnxGraph graph, Unary gate, string input, string output) => gate switch
    {
        Unary.Relu => graph.Activated(Activation.Relu, input, output),
        Unary.Gelu => graph.Activated(Activation.Gelu, input, output),
        Unary.Silu => graph.Activated(Activation.Silu, input, output),
        Unary.GeluTanh => GeluTanh(graph, input, output),
        _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, "a function of a gate"),
    };

    /// <summary>½x(1 + erf(x/√2))</summary>
    private static string Gelu(OnnxGraph graph, string input, string output)
    {
        var scaled = graph.Apply("Div", output + ".scaled", [input, graph.Constant("root2", MathF.Sqrt(2))]);
        return HalfOfOnePlus(graph, graph.Apply("Erf", output + ".erf", [scaled]), input, output);
    }

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))) (Hendrycks and Gimpel 2016)</summary>
    private static string GeluTanh(OnnxGraph graph, string input, string output)
    {
        var square = graph.Apply("Mul", output + ".square", [input, input]);
        var cube = graph.Apply("Mul", output + ".cube", [square, input]);
        var small = graph.Apply("Mul", output + ".small", [cube, graph.Constant("gelu.cubic", 0.044715f)]);
        var inner = graph.Apply("Add", output + ".inner", [input, small]);
        var scaled = graph.Apply("Mul", output + ".scaled", [inner, graph.Constant("gelu.scale", (float)Math.Sqrt(2 / Math.PI))]);
        return HalfOfOnePlus(graph, graph.Apply("Tanh", output + ".tanh", [scaled]), input, output);
    }

    private static string HalfOfOnePlus(OnnxGraph graph, string function, string input, string output)
    {
        var sum = graph.Apply("Add", output + ".sum", [function, graph.Constant("one", 1)]);
        var product = graph.Apply("Mul", output + ".product", [input, sum]);
        return graph.Apply("Mul", output, [product, graph.Constant("half", 0.5f)]);
    }
}
