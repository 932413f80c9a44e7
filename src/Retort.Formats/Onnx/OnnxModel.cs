namespace Retort.Formats.Onnx;

/// <summary>A model as it lies in its file.</summary>
/// <param name="Location">How errors call the file.</param>
/// <param name="Hash">SHA-256 of the file's content and of its external data, in small hexadecimal digits.</param>
/// <param name="Bytes">Of its file, unpacked, and of the files with its external data.</param>
/// <param name="IrVersion">Version of the format.</param>
/// <param name="Opsets">Versions of the operator sets by domain ("" is the default one).</param>
/// <param name="Graph">What it computes.</param>
/// <param name="Functions">Operators that it defines itself.</param>
/// <param name="Metadata">Texts that travel with it.</param>
public sealed record OnnxModel(string Location, string Hash, long Bytes, long IrVersion,
    IReadOnlyDictionary<string, long> Opsets, OnnxModelGraph Graph, IReadOnlyList<OnnxFunction> Functions,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Numbers that were fitted: floats of constants, and of attributes, where classic models keep theirs.</summary>
    public long Parameters => Graph.Initializers.Where(constant => constant.Elements is float[] or double[]).Sum(constant =>
        (long)constant.Elements.Length)
        + Graph.Nodes.SelectMany(node => node.Attributes.Values).OfType<float[]>().Sum(numbers => (long)numbers.Length);
}
