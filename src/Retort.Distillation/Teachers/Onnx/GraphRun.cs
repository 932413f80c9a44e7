using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>Runs prepared graphs, node by node.</summary>
/// <param name="engine">Kernels for 32-bit floats.</param>
/// <param name="cancellation">Ends the work between two nodes.</param>
internal sealed class GraphRun(OnnxEngine engine, CancellationToken cancellation = default)
{
    /// <param name="graph">What to run.</param>
    /// <param name="inputs">In the order of its inputs.</param>
    /// <param name="around">Values of the graph around it.</param>
    public OnnxValue?[] Run(PreparedGraph graph, OnnxValue?[] inputs, OnnxValue?[]? around = null)
    {
        var values = (OnnxValue?[])graph.Values.Clone();
        if (inputs.Length > graph.Inputs.Length)
            throw new RetortException($"ONNX graph '{graph.Title}'", $"{inputs.Length} values were given.", $"{graph.Inputs.Length}.");
        for (var i = 0; i < inputs.Length; i++) values[graph.Inputs[i]] = inputs[i] ?? values[graph.Inputs[i]];
        foreach (var (outer, inner) in graph.Captured) values[inner] = around![outer];
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(node, values);
            foreach (var place in node.Ended) values[place] = null;
        }
        return Array.ConvertAll(graph.Outputs, place => values[place]);
    }

    public void Run(PreparedNode node, OnnxValue?[] values)
    {
        var inputs = new OnnxValue?[node.Inputs.Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = node.Inputs[i] < 0 ? null : values[node.Inputs[i]];
        var call = new OperatorCall(node.Node, node.Opset, inputs, engine, node.Bodies.Count == 0 ? NoBody : BodyOf(node, values));
        var outputs = Answer(node, call);
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i] < 0) continue;
            values[node.Outputs[i]] = i < outputs.Length && outputs[i] is { } output ? output
                : throw call.Refuse($"output {i} was asked for and is not supported");
            if (output is OnnxArray<float> floats && NarrowFloats.IsNarrow(floats.Type)
                && !Shares(inputs, floats.Data)) Numbers.RoundTo(floats.Type, floats.Data);
        }
    }

    private Func<string, OnnxValue?[], OnnxValue?[]> BodyOf(PreparedNode node, OnnxValue?[] values) =>
        (body, inputs) => Run(node.Bodies[body], inputs, values);

    private static OnnxValue?[] NoBody(string body, OnnxValue?[] inputs) => throw new ArgumentException($"there is no graph '{body}'");

    /// <summary>What came in is rounded already, and is not ours to write.</summary>
    private static bool Shares(OnnxValue?[] inputs, float[] memory) =>
        Array.Exists(inputs, input => ReferenceEquals((input as OnnxArray<float>)?.Data, memory));

    /// <summary>What is wrong with the numbers of a file shows as any of these; the reader of the error needs the node.</summary>
    private static OnnxValue?[] Answer(PreparedNode node, OperatorCall call)
    {
        try
        {
            return node.Operator(call);
        }
        catch (RetortException error) when (!error.Location.StartsWith("ONNX", StringComparison.Ordinal))
        {
            throw new RetortException($"ONNX node {node.Node.Title}", error.What, error.Expected, error.Remedy, error);
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException or InvalidCastException or ArithmeticException
            or KeyNotFoundException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw call.Refuse($"it cannot work on {string.Join(", ", call.Inputs.Select(Describe))}: {error.Message}");
        }
    }

    private static string Describe(OnnxValue? value) => value switch
    {
        OnnxArray array => $"{array.Type}{Extents.Text(array.Shape)}",
        OnnxList list => $"a sequence of {list.Items.Count}",
        _ => "nothing",
    };
}
