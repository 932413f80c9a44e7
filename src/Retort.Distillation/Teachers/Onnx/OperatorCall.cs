using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>An operator: from inputs and constants to outputs, in the order of the node. A null output was not asked for.</summary>
internal delegate OnnxValue?[] OnnxOperator(OperatorCall call);

/// <summary>What an operator is given.</summary>
/// <param name="Node">Its name and constants.</param>
/// <param name="Opset">Version of its domain.</param>
/// <param name="Inputs">Values in order; null where left out.</param>
/// <param name="Engine">Kernels for 32-bit floats.</param>
/// <param name="Run">Runs the body that stands in the attribute of that name, on values in the order of its inputs.</param>
internal sealed record OperatorCall(OnnxNode Node, long Opset, OnnxValue?[] Inputs, OnnxEngine Engine,
    Func<string, OnnxValue?[], OnnxValue?[]> Run)
{
    public int OutputCount => Node.Outputs.Count;

    /// <summary>Whether an output is used by anybody.</summary>
    public bool Wants(int output) => output < Node.Outputs.Count && Node.Outputs[output].Length > 0;

    /// <summary>Whether an input is there.</summary>
    public bool Has(int input) => input < Inputs.Length && Inputs[input] is not null;

    /// <summary>An input that must be there.</summary>
    public OnnxArray Array(int input) => Optional(input) ?? throw Refuse($"input {input} is missing");

    public OnnxArray? Optional(int input) => !Has(input) ? null
        : Inputs[input] as OnnxArray ?? throw Refuse($"input {input} is no array");

    public OnnxList List(int input) => Inputs[input] as OnnxList ?? throw Refuse($"input {input} is no sequence");

    public long Int(string name, long missing) => Find<long>(name, out var value) ? value : missing;
    public float Float(string name, float missing) => Find<float>(name, out var value) ? value : missing;
    public string Text(string name, string missing) => Find<string>(name, out var value) ? value : missing;
    public long[]? Ints(string name) => Find<long[]>(name, out var value) ? value : EmptyList<long>(name);
    public float[]? Floats(string name) => Find<float[]>(name, out var value) ? value : EmptyList<float>(name);
    public string[]? Texts(string name) => Find<string[]>(name, out var value) ? value : EmptyList<string>(name);
    public OnnxArray? Tensor(string name) => Find<OnnxTensor>(name, out var value) ? OnnxArray.Of(value) : null;
    public bool HasAttribute(string name) => Node.Attributes.ContainsKey(name);

    /// <summary>Numbers that are an attribute in older operator sets and an input in newer ones.</summary>
    public long[]? IntsOrInput(string name, int input) => Optional(input)?.Longs() ?? Ints(name);

    public RetortException Refuse(string what, string expected = "") => new($"ONNX node {Node.Title}", what + ".", expected);

    private bool Find<T>(string name, out T value)
    {
        value = default!;
        if (!Node.Attributes.TryGetValue(name, out var found)) return false;
        if (found is T typed)
        {
            value = typed;
            return true;
        }
        return found is Array { Length: 0 } ? false : throw Refuse($"the attribute '{name}' is a {found.GetType().Name}", $"a {typeof(T).Name}.");
    }

    private T[]? EmptyList<T>(string name) => HasAttribute(name) ? [] : null;
}
