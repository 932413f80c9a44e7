using System.Buffers.Binary;
using System.IO.Compression;

namespace Retort.Teachers.Onnx.Operators.Images;

/// <summary>PNG (ISO/IEC 15948) of 8 bits a channel, not interlaced; what is see-through is dropped.</summary>
internal static class NetworkPicture
{
    public static ReadOnlySpan<byte> Signature => [137, 80, 78, 71, 13, 10, 26, 10];

    public static Picture Of(ReadOnlySpan<byte> file)
    {
        using var packed = new MemoryStream();
        var (width, height, kind) = (0, 0, -1);
        byte[] palette = [];
        for (var at = Signature.Length; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file[at..]);
            if (length < 0 || length > file.Length - at - 12) throw Picture.Refuse($"a chunk of the PNG has {length} bytes");
            var name = file.Slice(at + 4, 4);
            var content = file.Slice(at + 8, length);
            if (name.SequenceEqual("IHDR"u8))
            {
                if (length != 13 || content[8] != 8 || content[12] != 0)
                    throw Picture.Refuse("the PNG is interlaced or has other than 8 bits a channel");
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
                kind = content[9];
            }
            else if (name.SequenceEqual("PLTE"u8))
            {
                palette = content.ToArray();
            }
            else if (name.SequenceEqual("IDAT"u8))
            {
                packed.Write(content);
            }
            at += length + 12;
        }
        packed.Position = 0;
        var channels = kind switch
        {
            0 or 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => throw Picture.Refuse($"the PNG has colours of type {kind}"),
        };
        var colours = Picture.Room(width, height);
        var rows = Unpacked(packed, checked(width * channels), height, channels);
        for (var i = 0; i < colours.Length; i++)
        {
            var from = i / 3 * channels;
            colours[i] = kind == 3 ? palette[rows[from] * 3 + i % 3] : rows[from + (channels > 2 ? i % 3 : 0)];
        }
        return new Picture(width, height, colours);
    }

    /// <summary>Each row says which neighbour was subtracted: left, above, their mean, or the nearest to left + above − corner.</summary>
    private static byte[] Unpacked(MemoryStream packed, int length, int height, int step)
    {
        var rows = new byte[Extents.Count([height, length])];
        using var stream = new ZLibStream(packed, CompressionMode.Decompress);
        for (var row = 0; row < height; row++)
        {
            var filter = stream.ReadByte();
            var from = row * length;
            stream.ReadExactly(rows, from, length);
            for (var i = 0; i < length && filter != 0; i++)
            {
                var left = i < step ? 0 : rows[from + i - step];
                var above = row == 0 ? 0 : rows[from + i - length];
                var corner = i < step || row == 0 ? 0 : rows[from + i - length - step];
                rows[from + i] += (byte)(filter switch
                {
                    1 => left,
                    2 => above,
                    3 => (left + above) / 2,
                    4 => Nearest(left, above, corner),
                    _ => throw Picture.Refuse($"row {row} of the PNG has the filter {filter}"),
                });
            }
        }
        return rows;
    }

    private static int Nearest(int left, int above, int corner)
    {
        var (toLeft, toAbove, toCorner) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - 2 * corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
