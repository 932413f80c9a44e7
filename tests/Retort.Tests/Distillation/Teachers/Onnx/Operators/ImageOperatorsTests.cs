using System.Buffers.Binary;
using System.IO.Compression;
using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Teachers.Onnx.Operators.Images;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class ImageOperatorsTests
{
    private static readonly byte[] Colours = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];

    private static OnnxArray Decode(byte[] file, string format = "RGB") =>
        OneNode.Run("ImageDecoder", [new OnnxArray<byte>(OnnxType.UInt8, [file.Length], file)], ("pixel_format", format));

    private static byte[] Chunk(string name, byte[] content)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        return [.. length, .. name.Select(letter => (byte)letter), .. content, 0, 0, 0, 0];
    }

    /// <summary>2 × 2, the first row less its left neighbours, the second less the nearest of three.</summary>
    private static byte[] Png()
    {
        byte[] rows = [1, 10, 20, 30, 30, 30, 30, 4, 60, 60, 60, 30, 30, 30];
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true)) stream.Write(rows);
        return [.. NetworkPicture.Signature, .. Chunk("IHDR", [0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]),
            .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    [Fact]
    public void PngRowsAreAddedToTheirNeighbours()
    {
        Assert.Equal([2, 2, 3], Decode(Png()).Shape);
        Assert.Equal(Colours, Decode(Png()).As<byte>().Data);
    }

    [Fact]
    public void PortablePicturesMayHaveComments()
    {
        byte[] file = [.. "P6\n# made by hand\n2 2\n255\n"u8, .. Colours];
        Assert.Equal(Colours, Decode(file).As<byte>().Data);
        Assert.Equal([30, 20, 10], Decode(file, "BGR").As<byte>().Data[..3]);
        // 0.299 · 10 + 0.587 · 20 + 0.114 · 30 = 18.15
        Assert.Equal(18, Decode(file, "Grayscale").As<byte>().Data[0]);
        Assert.Equal([5, 5, 5], Decode([.. "P5 1 1 255 "u8, 5]).As<byte>().Data);
    }

    [Fact]
    public void BitmapsStartAtTheBottom()
    {
        var header = new byte[54];
        (header[0], header[1], header[10], header[18], header[22], header[28]) = ((byte)'B', (byte)'M', 54, 2, 2, 24);
        byte[] file = [.. header, 90, 80, 70, 120, 110, 100, 0, 0, 30, 20, 10, 60, 50, 40, 0, 0];
        Assert.Equal(Colours, Decode(file).As<byte>().Data);
        var refusal = Assert.Throws<RetortException>(() => Decode(file[..60]));
        Assert.Contains("the BMP of 2 × 2 ends after 60 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TaggedPicturesLieInStrips()
    {
        // width, height, bits, channels, the strips behind the table and their lengths: a row each
        byte[] table = [6, 0, .. Entry(0, 1, 2), .. Entry(1, 1, 2), .. Entry(2, 1, 8), .. Entry(21, 1, 3), .. Entry(17, 2, 86),
            .. Entry(23, 2, 94)];
        byte[] strips = [102, 0, 0, 0, 108, 0, 0, 0, 6, 0, 0, 0, 6, 0, 0, 0];
        byte[] file = [.. "II*\0"u8, 8, 0, 0, 0, .. table, 0, 0, 0, 0, .. strips, .. Colours];
        Assert.Equal(Colours, Decode(file).As<byte>().Data);
        var refusal = Assert.Throws<RetortException>(() => Decode(file[..107]));
        Assert.Contains("a strip of the TIFF has 6 bytes at 102", refusal.Message, StringComparison.Ordinal);

        // tags from 256 on, of 32-bit numbers
        static byte[] Entry(byte tag, byte count, byte value) => [tag, 1, 4, 0, count, 0, 0, 0, value, 0, 0, 0];
    }

    [Fact]
    public void OtherFilesAreRefusedByTheirFirstBytes() => Assert.Contains("the file begins with FFD8FFE0",
        Assert.Throws<RetortException>(() => Decode([0xFF, 0xD8, 0xFF, 0xE0])).Message, StringComparison.Ordinal);
}
