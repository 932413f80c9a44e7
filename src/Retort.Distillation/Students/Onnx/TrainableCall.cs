using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Students.Onnx;

/// <summary>An operator that gradients flow through: from inputs and constants to the first output.</summary>
internal delegate Tensor TrainableOperator(TrainableCall call);

/// <summary>What an operator is given.</summary>
/// <param name="Step">The running step.</param>
/// <param name="Node">Its name and constants.</param>
/// <param name="Opset">Version of the operators.</param>
/// <param name="Values">Finds a value by name.</param>
/// <param name="Constants">Numbers that do not learn, by name.</param>
/// <param name="Room">How many numbers may still be made.</param>
internal sealed record TrainableCall(Step Step, OnnxNode Node, long Opset, Func<string, Tensor> Values,
    IReadOnlyDictionary<string, OnnxTensor> Constants, long Room)
{
    public bool Has(int input) => input < Node.Inputs.Count && Node.Inputs[input].Length > 0;

    /// <summary>An input that must be there.</summary>
    public Tensor Input(int input) => Optional(input) ?? throw Refuse($"input {input} is missing");

    public Tensor? Optional(int input) => Has(input) ? Values(Node.Inputs[input]) : null;

    public int Int(string name, int missing) => Find<long>(name, out var value) ? Whole(value, name) : missing;
    public float Float(string name, float missing) => Find<float>(name, out var value) ? value : missing;
    public string Text(string name, string missing) => Find<string>(name, out var value) ? value : missing;
    public int[]? Ints(string name) => Find<long[]>(name, out var values) ? [.. values.Select(value => Whole(value, name))] : null;

    /// <summary>Whole numbers that are an attribute in older operator sets and an input in newer ones; null = left out.</summary>
    public int[]? IntsOrInput(string name, int input) => Has(input) ? ConstantInts(input) : Ints(name);

    public int[] ConstantInts(int input) => Constant(input).Elements is long[] values
        ? [.. values.Select(value => Whole(value, $"input {input}"))]
        : throw Refuse($"input {input} holds no whole numbers of 64 bits");

    /// <summary>A number that is an attribute in older operator sets and an input in newer ones.</summary>
    public float NumberOrInput(string name, int input, float missing) => !Has(input) ? Float(name, missing)
        : Constant(input).Elements is float[] { Length: 1 } values ? values[0] : throw Refuse($"input {input} is no single float");

    public RetortException Refuse(string what, string expected = "") => new($"ONNX node {Node.Title}", what + ".", expected);

    /// <summary>Small constants can broadcast to a value that no memory holds: it is refused before it is made.</summary>
    /// <param name="elements">Of the value to come.</param>
    public void CheckSize(double elements)
    {
        if (elements > Room) throw Refuse($"a value of {elements:N0} numbers", $"at most {Room:N0}.");
    }

    /// <summary>Dimensions from 0, each named once.</summary>
    /// <param name="axes">Negative ones count from the end.</param>
    /// <param name="rank">How many dimensions there are.</param>
    public int[] Places(int[] axes, int rank)
    {
        int[] places = [.. axes.Select(axis => axis < 0 ? axis + rank : axis)];
        return places.All(place => place >= 0 && place < rank) && places.Distinct().Count() == places.Length ? places
            : throw Refuse($"axes {string.Join(", ", axes)} of {rank}");
    }

    private OnnxTensor Constant(int input) => Constants.TryGetValue(Node.Inputs[input], out var found) ? found
        : throw Refuse($"its input {input}, '{Node.Inputs[input]}', is computed", "a constant.");

    private int Whole(long value, string name) => value is >= int.MinValue and <= int.MaxValue ? (int)value
        : throw Refuse($"'{name}' is {value}", "a number of 32 bits.");

    private bool Find<T>(string name, out T value)
    {
        value = default!;
        if (!Node.Attributes.TryGetValue(name, out var found)) return false;
        value = found is T typed ? typed : throw Refuse($"the attribute '{name}' is a {found.GetType().Name}", $"a {typeof(T).Name}.");
        return true;
    }
}
