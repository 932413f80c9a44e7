using System.Text;
using Retort.Formats.Csv;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Csv;

public sealed class CsvTests
{
    [Fact]
    public void ColumnsAreNumbersOrWords()
    {
        var table = Read("age,work,\"a \"\"b\"\", c\"\r\n39,State,1\r\n?,NA,2\r\n-1.5e1,Local,\n\n+7,\"St,\nate\",\"3\"");
        Assert.Equal(4, table.Rows);
        Assert.Equal(["age", "work", "a \"b\", c"], table.Columns.Select(column => column.Name));
        Assert.Equal([39, float.NaN, -15, 7], table.Column("age").Numbers);
        Assert.Equal([1, 2, float.NaN, 3], table.Columns[2].Numbers);
        var work = table.Column("work");
        Assert.Equal((CsvColumnKind.Nominal, 0), (work.Kind, work.Numbers.Length));
        Assert.Equal(["Local", "St,\nate", "State"], work.Categories);
        Assert.Equal([2, -1, 0, 1], work.Codes);
    }

    [Fact]
    public void GzipAndByteOrderMarkArePassedOver()
    {
        using var folder = new TemporaryFolder();
        var path = folder.WithGzip("a.csv.gz", Encoding.UTF8.GetBytes("\uFEFFx\n1\n\n3\n"));
        var column = Assert.Single(CsvReader.Read(path).Columns);
        Assert.Equal("x", column.Name);
        Assert.Equal([1, float.NaN, 3], column.Numbers);
    }

    [Fact]
    public void AHeaderAloneIsATableWithoutRows()
    {
        var table = Read("a,b");
        Assert.Equal((0, 2), (table.Rows, table.Columns.Count));
        Assert.Throws<FormatException>(() => table.Column("c"));
    }

    [Theory]
    [InlineData("", ":1:1", "the file is empty")]
    [InlineData("a,\n1,2", ":1:3", "column 2 has no name")]
    [InlineData("a,a\n1,2", ":1:3", "two columns are named 'a'")]
    [InlineData("a,b\n1,2\n3", ":3:1", "the row has 1 cells; the header has 2")]
    [InlineData("a,b\n1,2,3", ":2:5", "the row has 3 cells; the header has 2")]
    [InlineData("a,b\n1,\"2", ":2:3", "the quote that opens here is never closed")]
    [InlineData("a,b\n1,2\"", ":2:4", "a quote stands inside a cell without quotes")]
    [InlineData("a,b\n1,\"2\"3", ":2:6", "'3' follows a closing quote")]
    [InlineData("a,b\r1,2", ":1:5", "a carriage return stands without a line feed")]
    [InlineData("a,b\n\"x\ny\",1\nz,nan", ":4:3", "'nan' stands in the numeric column 'b'")]
    [InlineData("a\n1\n-inf", ":3:1", "'-inf' stands in the numeric column 'a'")]
    [InlineData("a\n1\n1e999", ":3:1", "'1e999' stands in the numeric column 'a'")]
    public void ErrorsPointAtTheCell(string text, string where, string what)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("a.csv", text);
        var error = Assert.Throws<FormatException>(() => CsvReader.Read(path));
        Assert.Equal((path + where, what), (error.Location, error.What));
        Assert.NotEmpty(error.Expected);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void WhatIsNoTextIsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("near this line the text is not UTF-8",
            Assert.Throws<FormatException>(() => CsvReader.Read(folder.With("a", [(byte)'a', 10, 0xFF]))).What);
        Assert.Equal("the text is longer than 1000 characters",
            Assert.Throws<FormatException>(() => CsvReader.Read(folder.WithGzip("b", new byte[1 << 20]), mostCharacters: 1000)).What);
    }

    /// <summary>Half a download must not look like a smaller table.</summary>
    [Fact]
    public void ACutGzipIsRefused()
    {
        using var folder = new TemporaryFolder();
        var text = string.Join('\n', Enumerable.Range(0, 500).Select(row => $"{row},{Hostile.Mix(3, (ulong)row)}").Prepend("a,b"));
        var whole = File.ReadAllBytes(folder.WithGzip("a", Encoding.UTF8.GetBytes(text)));
        Assert.Equal(500, CsvReader.Read(folder.At("a")).Rows);
        for (var length = 2; length < whole.Length; length += length < whole.Length - 20 ? 97 : 1)
        {
            var path = folder.With("cut", whole[..length]);
            Assert.Throws<FormatException>(() => CsvReader.Read(path));
        }

        Assert.Equal("the gzip stream is damaged or cut short",
            Assert.Throws<FormatException>(() => CsvReader.Read(folder.With("cut", whole[..^1]))).What);
    }

    [Fact]
    public void DamageIsReadOrRefused()
    {
        var whole = Encoding.UTF8.GetBytes("a,b\r\n1,\"x \"\"y\"\"\"\r\n?,ü\r\n");
        Hostile.Flips(whole, whole.Length, path => CsvReader.Read(path));
        Hostile.Splices(whole, 300, seed: 5, path => CsvReader.Read(path));
    }

    [Fact]
    public void RealTablesAreRead()
    {
        var files = RealData.Files("*.csv.gz");
        if (files.Length == 0)
            Assert.Skip("no tables were found: set RETORT_DATA to a folder that holds *.csv.gz files to have this test.");
        foreach (var table in files.Select(path => CsvReader.Read(path)))
        {
            Assert.True(table.Rows > 0);
            Assert.All(table.Columns, column => Assert.Equal(table.Rows, Math.Max(column.Numbers.Length, column.Codes.Length)));
        }
    }

    private static CsvTable Read(string text)
    {
        using var folder = new TemporaryFolder();
        return CsvReader.Read(folder.With("a.csv", text));
    }
}
