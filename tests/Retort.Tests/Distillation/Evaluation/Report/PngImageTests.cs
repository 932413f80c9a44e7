using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Retort.Evaluation.Report;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Report;

public sealed class PngImageTests
{
    [Fact]
    public void Grey_pixels_come_back()
    {
        var png = PngImage.Encode([-1, 0, 1, 1, 0, -1], height: 2, width: 3);
        Assert.Equal(new byte[] { 0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10 }, png[..8]);
        Assert.Equal(3, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(2, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.Equal(new byte[] { 0, 0, 128, 255, 0, 255, 128, 0 }, Rows(png));
    }

    [Fact]
    public void Three_planes_are_interleaved()
        => Assert.Equal(new byte[] { 0, 255, 0, 51 }, Rows(PngImage.Encode([5, 0, 1], 1, 1)));

    [Fact]
    public void A_flat_picture_is_black() => Assert.Equal(new byte[] { 0, 0, 0 }, Rows(PngImage.Encode([7, 7], 1, 2)));

    /// <summary>The checksum of an empty IEND chunk is known: AE 42 60 82.</summary>
    [Fact]
    public void Checksums_are_right() => Assert.Equal(new byte[] { 0xAE, 0x42, 0x60, 0x82 }, PngImage.Encode([0], 1, 1)[^4..]);

    [Fact]
    public void Wrong_sizes_are_refused() => Assert.Throws<ArgumentException>(() => PngImage.Encode([1, 2, 3, 4], 1, 2));

    private static byte[] Rows(byte[] png)
    {
        var at = 33;
        Assert.Equal("IDAT", Encoding.ASCII.GetString(png, at + 4, 4));
        using var zlib =
            new ZLibStream(new MemoryStream(png, at + 8, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at))), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        return rows.ToArray();
    }
}
