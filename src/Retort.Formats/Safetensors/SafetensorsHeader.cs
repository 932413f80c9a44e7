using System.Buffers.Binary;
using Retort.Formats.Memory;

namespace Retort.Formats.Safetensors;

/// <summary>The checked header of a safetensors file: see spec.md for each rule.</summary>
internal sealed class SafetensorsHeader
{
    public const long LargestHeader = 100_000_000;
    public const int LargestTensorCount = 200_000;
    private const string Again = "the file is damaged or cut short: fetch or write it again";

    public required IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; init; }
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public static SafetensorsHeader Read(MappedFile file)
    {
        if (file.Length < 8)
            throw new FormatException(file.Path, $"the file has {file.Length} bytes",
                "expected at least 8: a safetensors file starts with its header's length", Again);
        var declared = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, 8));
        if (declared > LargestHeader)
            throw new FormatException(file.Path, $"the header declares {declared} bytes", $"expected at most {LargestHeader}",
                "this is not a safetensors file, or it is damaged");
        var length = (int)declared;
        if (length > file.Length - 8)
            throw new FormatException(file.Path, $"the header declares {length} bytes; {file.Length - 8} follow",
                "expected the whole header inside the file", Again);
        var json = file.Slice(8, length);
        if (length == 0 || json[0] != (byte)'{')
            throw new FormatException(file.Path, length == 0 ? "the header is empty" : $"the header starts with byte 0x{json[0]:X2}",
                "expected '{' (0x7B)", "this is not a safetensors file, or it is damaged");

        var content = new SafetensorsHeaderJson(file.Path, dataStart: 8 + length);
        content.Read(json);
        CheckLayout(file, content.Entries.Values, dataStart: 8 + length);
        return new SafetensorsHeader { Entries = content.Entries, Metadata = content.Metadata };
    }

    /// <summary>The tensors tile the data: from its start, no hole, no overlap, to the end of the file.</summary>
    private static void CheckLayout(MappedFile file, IEnumerable<SafetensorsEntry> entries, long dataStart)
    {
        var expected = dataStart;
        foreach (var entry in entries.OrderBy(entry => entry.Offset).ThenBy(entry => entry.Length))
        {
            if (entry.Offset != expected)
                throw new FormatException(file.Path,
                    $"tensor '{entry.Name}' starts at byte {entry.Offset - dataStart} of the data; the one before ends at {expected - dataStart}",
                    entry.Offset > expected ? "expected no hole between tensors" : "expected no overlap of tensors", Again);
            expected += entry.Length;
            if (entry.Length > file.Length - entry.Offset)
                throw new FormatException(file.Path,
                    $"tensor '{entry.Name}' ends at byte {expected} of the file; the file has {file.Length}",
                        "expected the whole tensor inside the file", Again);
        }

        if (expected != file.Length)
            throw new FormatException(file.Path, $"the tensors end at byte {expected}; the file has {file.Length}",
                "expected the last tensor to end the file", Again);
    }
}
