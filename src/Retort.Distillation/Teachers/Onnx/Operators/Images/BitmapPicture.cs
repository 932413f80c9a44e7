using System.Buffers.Binary;

namespace Retort.Teachers.Onnx.Operators.Images;

/// <summary>BMP: rows from the bottom, each filled up to four bytes, blue first.</summary>
internal static class BitmapPicture
{
    private const int HeaderLength = 54;

    public static Picture Of(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderLength) throw Picture.Refuse($"the BMP ends after {file.Length} bytes");
        var start = BinaryPrimitives.ReadInt32LittleEndian(file[10..]);
        var width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        var signedHeight = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        var (bits, compression) = (BinaryPrimitives.ReadInt16LittleEndian(file[28..]), BinaryPrimitives.ReadInt32LittleEndian(file[30..]));
        if (bits is not (24 or 32) || compression != 0) throw Picture.Refuse($"the BMP has {bits} bits a pixel and compression {compression}");
        var height = signedHeight == int.MinValue ? 0 : Math.Abs(signedHeight);
        var step = (width * (long)bits / 8 + 3) / 4 * 4;
        if (width <= 0 || start < 0 || start + step * height > file.Length)
            throw Picture.Refuse($"the BMP of {width} × {height} ends after {file.Length} bytes");
        var colours = Picture.Room(width, height);
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            var (row, column) = (pixel / width, pixel % width);
            var from = file[(int)(start + (signedHeight > 0 ? height - 1 - row : row) * step + column * bits / 8)..];
            (colours[pixel * 3], colours[pixel * 3 + 1], colours[pixel * 3 + 2]) = (from[2], from[1], from[0]);
        }
        return new Picture(width, height, colours);
    }
}
