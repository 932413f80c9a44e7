using System.Buffers.Binary;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Formats.Idx;

/// <summary>Writes plain IDX files of unsigned bytes, whole or not at all.</summary>
public static class IdxWriter
{
    public static void Write(string path, IdxFile file)
    {
        var elements = file.Shape.Aggregate((Int128)1, (product, extent) => product * extent);
        if (file.Shape.Length is 0 or > IdxReader.LargestRank || file.Shape.Any(extent => extent < 0) || elements != file.Data.Length)
            throw new RetortException(path, $"the shape is [{string.Join(", ", file.Shape)}]; {file.Data.Length} bytes were given",
                $"expected 1 to {IdxReader.LargestRank} extents whose product is the number of bytes");
        AtomicFile.Write(path, stream =>
        {
            stream.Write([0, 0, IdxReader.UnsignedByte, (byte)file.Shape.Length]);
            Span<byte> word = stackalloc byte[4];
            foreach (var extent in file.Shape)
            {
                BinaryPrimitives.WriteInt32BigEndian(word, extent);
                stream.Write(word);
            }

            stream.Write(file.Data);
        });
    }
}
