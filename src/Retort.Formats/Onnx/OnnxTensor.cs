namespace Retort.Formats.Onnx;

/// <summary>
/// A constant of a model. Elements are an array of float (all float types up to 32 bits, widened), double, sbyte, short, int, long,
/// byte, ushort, uint, ulong (4- and 2-bit numbers widened to bytes), bool or string, row-major.
/// </summary>
/// <param name="Name">Name of the value, or "".</param>
/// <param name="Type">Type as stored.</param>
/// <param name="Shape">Extents; empty for a scalar.</param>
/// <param name="Elements">One array element each.</param>
public sealed record OnnxTensor(string Name, OnnxType Type, int[] Shape, Array Elements);

/// <summary>What a file of the conformance tests holds beside tensors: a list, or something that may be absent.</summary>
/// <param name="Name">Name of the value, or "".</param>
/// <param name="Items">Tensors, or lists again.</param>
public sealed record OnnxSequence(string Name, IReadOnlyList<object> Items);
