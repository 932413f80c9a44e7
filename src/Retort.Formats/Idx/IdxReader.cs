using System.Buffers.Binary;
using Retort.Formats.Files;

namespace Retort.Formats.Idx;

/// <summary>Reads IDX files, plain or gzip. See spec.md.</summary>
public static class IdxReader
{
    public const byte UnsignedByte = 0x08;
    public const int LargestRank = 8;
    private const string Again = "the file is damaged or cut short: fetch it again";

    public static IdxFile Read(string path)
    {
        using var stream = SourceFile.Open(path, out var length, out var compressed);
        try
        {
            return Read(path, stream, length, compressed);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
    }

    private static IdxFile Read(string path, Stream stream, long length, bool compressed)
    {
        var magic = Header(path, stream, 4, "the magic number");
        if (magic[0] != 0 || magic[1] != 0)
            throw new FormatException(path, $"the magic number is {Convert.ToHexString(magic)}",
                "expected 0000, the type 08, the number of dimensions",
                "this is not an IDX file");
        if (magic[2] != UnsignedByte)
            throw new FormatException(path, $"the element type is 0x{magic[2]:X2}", "expected 0x08, unsigned byte",
                "convert the file to unsigned bytes");
        if (magic[3] is 0 or > LargestRank)
            throw new FormatException(path, $"the file has {magic[3]} dimensions", $"expected 1 to {LargestRank}", Again);

        var extents = Header(path, stream, 4 * magic[3], "the extents");
        var shape = new int[magic[3]];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = BinaryPrimitives.ReadInt32BigEndian(extents.AsSpan(4 * axis));
            if (shape[axis] < 0)
                throw new FormatException(path, $"extent {axis} is {(uint)shape[axis]}", $"expected at most {int.MaxValue}", Again);
        }

        return new IdxFile(shape, Body(path, stream, shape, length, compressed));
    }

    private static byte[] Body(string path, Stream stream, int[] shape, long length, bool compressed)
    {
        var shapeText = $"the shape is [{string.Join(", ", shape)}]";
        var declared = Elements(shape);
        if (declared is null || declared > Array.MaxLength)
            throw new FormatException(path, $"{shapeText}, so {declared?.ToString() ?? "more than 2^63"} bytes",
                $"expected at most {Array.MaxLength}", Again);

        // Before anything is allocated: the file on disk bounds what can come out of it.
        var header = 4L + 4 * shape.Length;
        var most = compressed ? length * SourceFile.LargestDeflateRatio : length - header;
        if (declared > most)
            throw new FormatException(path,
                $"{shapeText}, so {declared} bytes; the file {(compressed ? $"has {length} compressed and cannot hold more than" : "has")} {most}",
                "expected the data to be as long as the shape says", Again);
        if (!compressed && declared < most)
            throw TooLong(path, shapeText, declared.Value, $"the file has {most}");

        var data = new byte[(int)declared.Value];
        var read = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        if (read < data.Length)
            throw new FormatException(path, $"{shapeText}, so {declared} bytes; the file has {read}",
                "expected the data to be as long as the shape says", Again);
        // One byte more tells a longer stream, and makes the gzip checksum be looked at.
        if (stream.ReadByte() >= 0)
            throw TooLong(path, shapeText, declared.Value, "the file has more");
        return data;
    }

    private static long? Elements(int[] shape)
    {
        var product = UInt128.One;
        foreach (var extent in shape)
        {
            if (extent == 0)
                return 0;
            product *= (UInt128)extent;
            if (product > long.MaxValue)
                return null;
        }

        return (long)product;
    }

    private static byte[] Header(string path, Stream stream, int count, string what)
    {
        var bytes = new byte[count];
        var read = stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        return read == count ? bytes : throw new FormatException(path, $"the file ends inside {what}: {read} bytes of {count}",
            "expected a whole IDX header", Again);
    }

    private static FormatException TooLong(string path, string shapeText, long declared, string actual) =>
        new(path, $"{shapeText}, so {declared} bytes; {actual}", "expected the data to end with the file", Again);
}
