namespace Retort.Formats.Gguf;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">At most 64 bytes of UTF-8, as llama.cpp reads.</param>
/// <param name="DataType">One that <see cref="BlockFormats"/> can write.</param>
/// <param name="Shape">Row-major, one to four extents; the last must fill whole blocks.</param>
/// <param name="Values">Row-major.</param>
public sealed record GgufTensor(string Name, GgufType DataType, IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values);
