using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Retort.Evaluation.Report;

/// <summary>
/// The smallest useful PNG (ISO/IEC 15948): signature, IHDR, one IDAT of unfiltered rows, IEND; 8-bit grey or RGB.
/// Each chunk is its length, type, data and the CRC-32 of type and data.
/// </summary>
public static class PngImage
{
    /// <summary>Encodes planes [1 or 3, H, W]; the smallest value becomes black, the largest white.</summary>
    public static byte[] Encode(ReadOnlySpan<float> pixels, int height, int width)
    {
        var plane = height * width;
        if (plane <= 0 || (pixels.Length != plane && pixels.Length != 3 * plane))
            throw new ArgumentException($"{pixels.Length} pixels are neither one nor three planes of {height} × {width}.", nameof(pixels));
        var channels = pixels.Length / plane;
        float low = float.MaxValue, high = float.MinValue;
        foreach (var pixel in pixels)
        {
            low = Math.Min(low, pixel);
            high = Math.Max(high, pixel);
        }

        var scale = high > low ? 255 / (high - low) : 0;
        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = channels == 1 ? (byte)0 : (byte)2;
        WriteChunk(png, "IHDR", header);

        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0); // filter "none"
                for (var x = 0; x < width; x++)
                    for (var c = 0; c < channels; c++)
                        zlib.WriteByte((byte)Math.Clamp((pixels[c * plane + y * width + x] - low) * scale + 0.5f, 0, 255));
            }
        }

        WriteChunk(png, "IDAT", data.ToArray());
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    private static void WriteChunk(MemoryStream png, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        png.Write(number);
    }

    /// <summary>CRC-32 with the reflected polynomial EDB88320, bit by bit: pictures here are small.</summary>
    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }
}
