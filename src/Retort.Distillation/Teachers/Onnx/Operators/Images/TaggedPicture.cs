using System.Buffers.Binary;

namespace Retort.Teachers.Onnx.Operators.Images;

/// <summary>TIFF 6.0 in its plainest form: one picture of 8 bits a channel, grey or in colours, in strips without compression.</summary>
internal sealed class TaggedPicture
{
    private const int Width = 256, Height = 257, Bits = 258, Compression = 259;
    private const int Strips = 273, Channels = 277, StripBytes = 279, Planes = 284;

    private readonly byte[] _file;
    private readonly bool _isBig;
    private readonly Dictionary<int, long[]> _tags = [];

    private TaggedPicture(byte[] file)
    {
        _file = file;
        _isBig = file[0] == 'M';
        var table = Number(4, 4);
        for (var entry = 0; entry < Number(table, 2); entry++)
        {
            var at = table + 2 + 12 * entry;
            var (type, count) = (Number(at + 2, 2), Number(at + 4, 4));
            var size = type == 3 ? 2 : 4;
            if (type is not (3 or 4) || count * size > file.Length) continue;
            // a value that fits stands in the table itself
            var from = count * size <= 4 ? at + 8 : Number(at + 8, 4);
            _tags[(int)Number(at, 2)] = [.. Enumerable.Range(0, (int)count).Select(i => Number(from + i * size, size))];
        }
    }

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8);

    public static Picture Of(ReadOnlySpan<byte> file)
    {
        var tags = new TaggedPicture(file.ToArray());
        var channels = (int)tags.Tag(Channels, 1)[0];
        var isPlain = tags.Tag(Bits, 1).All(bits => bits == 8) && tags.Tag(Compression, 1)[0] == 1 && tags.Tag(Planes, 1)[0] == 1;
        if (!isPlain || channels is not (1 or 3))
            throw Picture.Refuse("the TIFF is compressed, or has other than 1 or 3 channels of 8 bits");
        var (width, height) = ((int)tags.Tag(Width, 0)[0], (int)tags.Tag(Height, 0)[0]);
        var colours = Picture.Room(width, height);
        var pixels = new byte[colours.Length / 3 * channels];
        var at = 0;
        foreach (var (start, length) in tags.Tag(Strips, 0).Zip(tags.Tag(StripBytes, 0)))
        {
            if (start + length > file.Length || length > pixels.Length - at)
                throw Picture.Refuse($"a strip of the TIFF has {length} bytes at {start}");
            file.Slice((int)start, (int)length).CopyTo(pixels.AsSpan(at));
            at += (int)length;
        }
        if (at != pixels.Length) throw Picture.Refuse($"the TIFF of {width} × {height} has {at} bytes");
        for (var i = 0; i < colours.Length; i++) colours[i] = pixels[channels == 3 ? i : i / 3];
        return new Picture(width, height, colours);
    }

    private long[] Tag(int number, long missing) => _tags.GetValueOrDefault(number) is { Length: > 0 } values ? values : [missing];

    private long Number(long at, int size)
    {
        if (at + size > _file.Length) throw Picture.Refuse($"the TIFF ends after {_file.Length} bytes");
        var bytes = _file.AsSpan((int)at);
        return size == 2 ? _isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes)
            : _isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
