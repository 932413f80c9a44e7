namespace Retort.Formats.Gguf;

/// <summary>Where a tensor lies.</summary>
/// <param name="Name">Of the tensor.</param>
/// <param name="DataType">Of its elements or blocks.</param>
/// <param name="Shape">Row-major: elements of the last extent lie side by side (the file has extents the other way round).</param>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Length">Bytes.</param>
public sealed record GgufEntry(string Name, GgufType DataType, IReadOnlyList<long> Shape, long Offset, long Length)
{
    public long Elements => Shape.Aggregate(1L, (product, extent) => product * extent);
}
