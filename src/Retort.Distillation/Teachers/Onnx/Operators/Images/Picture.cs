using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators.Images;

/// <summary>A picture in memory: rows from the top, red, green and blue a pixel.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Colours">[height, width, 3]</param>
internal sealed record Picture(int Width, int Height, byte[] Colours)
{
    /// <summary>From the bytes of a file, whose first ones say what it is.</summary>
    public static Picture Of(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("BM"u8)) return BitmapPicture.Of(file);
        if (file.StartsWith("P5"u8) || file.StartsWith("P6"u8)) return PortablePicture.Of(file);
        if (file.StartsWith(NetworkPicture.Signature)) return NetworkPicture.Of(file);
        if (TaggedPicture.Is(file)) return TaggedPicture.Of(file);
        throw Refuse($"the file begins with {Convert.ToHexString(file[..Math.Min(file.Length, 8)])}");
    }

    /// <summary>Refuses sizes that no file of that many bytes can mean.</summary>
    public static byte[] Room(int width, int height) => width > 0 && height > 0 ? new byte[Extents.Count([height, width, 3])]
        : throw Refuse($"the picture is {width} × {height}");

    public static RetortException Refuse(string what) => new("picture", what + ".",
        "BMP of 24 or 32 bits, PNM (P5, P6), TIFF or PNG of 8 bits a channel, without compression but PNG's own.",
        "decode the picture before the model, and give it the pixels.");
}
