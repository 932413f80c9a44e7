using Retort.Formats.Delimited;
using Xunit;

namespace Retort.Tests.Formats.Delimited;

public sealed class DelimitedReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private List<(long Line, string[] Cells)> Read(string text)
    {
        File.WriteAllText(_folder.At("t.csv"), text);
        return [.. DelimitedReader.Read(_folder.At("t.csv"), ',', "a", "b")];
    }

    [Fact]
    public void LinesKnowTheirNumbers()
    {
        var lines = Read("a,b\r\n1,2\n\n3,");
        Assert.Equal([2L, 4], lines.Select(line => line.Line));
        Assert.Equal(["1", "2", "3", ""], lines.SelectMany(line => line.Cells));
    }

    [Theory]
    [InlineData("", ":1  the file is empty\n")]
    [InlineData("a,c\n", ":1  the header is 'a,c'\n  expected a,b\n")]
    [InlineData("a,b\n1,2,3\n", ":2  the line has 3 cells; the header has 2\n")]
    public void WhatIsNoTable(string text, string message) => Assert.StartsWith(_folder.At("t.csv") + message,
        Assert.Throws<Retort.Formats.FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ALineWithoutEndIsRefused() => Assert.Contains("the line is longer than 4194304 characters",
        Assert.Throws<Retort.Formats.FormatException>(() => Read(new string('a', DelimitedReader.MostLineCharacters + 1))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void BytesThatAreNoTextAreRefused()
    {
        File.WriteAllBytes(_folder.At("t.csv"), [(byte)'a', 0xFF]);
        Assert.Contains("the text is not UTF-8",
            Assert.Throws<Retort.Formats.FormatException>(() => DelimitedReader.Read(_folder.At("t.csv"), ',', "a").ToList()).Message,
            StringComparison.Ordinal);
    }
}
