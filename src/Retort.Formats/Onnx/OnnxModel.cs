namespace Retort.Formats.Onnx;

/// <summary>A model as it lies in its file.</summary>
/// <param name="Location">How errors call the file.</param>
/// <param name="Hash">SHA-256 of the file's content, in small hexadecimal digits.</param>
/// <param name="IrVersion">Version of the format.</param>
/// <param name="Opsets">Versions of the operator sets by domain ("" is the default one).</param>
/// <param name="Graph">What it computes.</param>
/// <param name="Functions">Operators that it defines itself.</param>
/// <param name="Metadata">Texts that travel with it.</param>
public sealed record OnnxModel(string Location, string Hash, long IrVersion, IReadOnlyDictionary<string, long> Opsets,
    OnnxModelGraph Graph, IReadOnlyList<OnnxFunction> Functions, IReadOnlyDictionary<string, string> Metadata);
