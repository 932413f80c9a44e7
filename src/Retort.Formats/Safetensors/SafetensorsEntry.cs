namespace Retort.Formats.Safetensors;

/// <summary>One tensor of a file, checked against the file's length.</summary>
/// <param name="Name">Dotted path of the parameter.</param>
/// <param name="DataType">Element type on disk.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Offset">Bytes from the start of the FILE (the header's offsets count from the start of the data).</param>
/// <param name="Length">Bytes.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType DataType, long[] Shape, long Offset, long Length)
{
    public long Elements => Length / DataType.Size();
}
