using Retort.Formats.Idx;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Idx;

public sealed class IdxTests
{
    private static readonly byte[] Small = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    [Fact]
    public void WhatIsWrittenComesBack()
    {
        using var folder = new TemporaryFolder();
        IdxWriter.Write(folder.At("a"), new IdxFile([2, 3], [1, 2, 3, 4, 5, 6]));
        Assert.Equal(Small, File.ReadAllBytes(folder.At("a")));
        foreach (var path in new[] { folder.At("a"), folder.WithGzip("b", Small) })
        {
            var file = IdxReader.Read(path);
            Assert.Equal([2, 3], file.Shape);
            Assert.Equal([1, 2, 3, 4, 5, 6], file.Data);
        }
    }

    [Theory]
    [InlineData("", "the file ends inside the magic number: 0 bytes of 4")]
    [InlineData("00000803 00000002 0000", "the file ends inside the extents: 6 bytes of 12")]
    [InlineData("89504E47", "the magic number is 89504E47")]
    [InlineData("00000D01 00000001 00000000", "the element type is 0x0D")]
    [InlineData("00000800", "the file has 0 dimensions")]
    [InlineData("00000809", "the file has 9 dimensions")]
    [InlineData("00000801 FFFFFFFF", "extent 0 is 4294967295")]
    [InlineData("00000802 00000002 00000003 0102030405", "the shape is [2, 3], so 6 bytes; the file has 5")]
    [InlineData("00000802 00000002 00000003 01020304050607", "the shape is [2, 3], so 6 bytes; the file has 7")]
    [InlineData("00000802 7FFFFFFF 7FFFFFFF", "the shape is [2147483647, 2147483647], so 4611686014132420609 bytes")]
    [InlineData("00000803 7FFFFFFF 7FFFFFFF 7FFFFFFF", "the shape is [2147483647, 2147483647, 2147483647], so more than 2^63 bytes")]
    public void EachRuleHasItsSentence(string hex, string what)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("a", Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        var error = Assert.Throws<FormatException>(() => IdxReader.Read(path));
        Assert.Equal((path, what), (error.Location, error.What));
        Assert.NotEmpty(error.Expected);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void ALyingGzipCostsNothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.WithGzip("a", [0, 0, 8, 1, 0x7F, 0, 0, 0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<FormatException>(() => IdxReader.Read(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Contains("so 2130706432 bytes; the file has", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void AGzipBombIsReadAsFarAsItsShape()
    {
        using var folder = new TemporaryFolder();
        var bomb = new byte[16 << 20];
        Small.CopyTo(bomb, 0);
        var path = folder.WithGzip("a", bomb);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("the shape is [2, 3], so 6 bytes; the file has more", Assert.Throws<FormatException>(() => IdxReader.Read(path)).What);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void EveryPrefixIsRefused() => Hostile.Prefixes(Small, path => IdxReader.Read(path));

    [Fact]
    public void EveryPrefixOfAGzipIsRefused()
    {
        using var folder = new TemporaryFolder();
        Hostile.Prefixes(File.ReadAllBytes(folder.WithGzip("a", Small)), path => IdxReader.Read(path));
    }

    [Fact]
    public void EveryFlipIsReadOrRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.True(Hostile.Flips(Small, 12, path => IdxReader.Read(path)) > 80);
        Hostile.Flips(File.ReadAllBytes(folder.WithGzip("a", Small)), 64, path => IdxReader.Read(path));
    }

    [Fact]
    public void RealFilesAreRead()
    {
        var files = RealData.Files("*-ubyte*");
        if (files.Length == 0)
            Assert.Skip("no IDX files were found: set RETORT_DATA to a folder that holds MNIST to have this test.");
        foreach (var path in files)
        {
            var file = IdxReader.Read(path);
            Assert.Equal(file.Data.Length, file.Shape.Aggregate(1, (product, extent) => product * extent));
        }
    }
}
