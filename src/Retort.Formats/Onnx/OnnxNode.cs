namespace Retort.Formats.Onnx;

/// <summary>One application of an operator.</summary>
/// <param name="Name">Name in the file, or "".</param>
/// <param name="Operator">Name of the operator.</param>
/// <param name="Domain">"" for the default domain, which files also call ai.onnx.</param>
/// <param name="Inputs">Names of values; "" where an optional input is left out.</param>
/// <param name="Outputs">Names of values; "" where an output is not wanted.</param>
/// <param name="Attributes">
/// Constants by name: long, float, string, <see cref="OnnxTensor"/>, <see cref="OnnxModelGraph"/>, or an array of one of these.
/// </param>
public sealed record OnnxNode(string Name, string Operator, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>How errors call it: operator, domain, name.</summary>
    public string Title => $"{(Domain.Length == 0 ? "" : Domain + ":")}{Operator}{(Name.Length == 0 ? "" : $" '{Name}'")}";
}

/// <summary>An input or output with its declared type.</summary>
/// <param name="Name">Name of the value.</param>
/// <param name="Type">Element type; Undefined where it is no tensor or not said.</param>
/// <param name="Shape">Extents, −1 where free; null where not said.</param>
/// <param name="IsOptional">It may be absent.</param>
public sealed record OnnxValueInfo(string Name, OnnxType Type, IReadOnlyList<long>? Shape, bool IsOptional = false);

/// <summary>Nodes with what goes in and comes out; also the body of a control-flow node.</summary>
public sealed record OnnxModelGraph(string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Initializers,
    IReadOnlyList<OnnxValueInfo> Inputs, IReadOnlyList<OnnxValueInfo> Outputs);

/// <summary>An operator that the model itself defines by other operators.</summary>
public sealed record OnnxFunction(string Name, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, long> Opsets);
