using System.Text;
using Retort.Formats.Jsonl;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Jsonl;

/// <summary>A bad line is a row that says why, and the others are read.</summary>
public sealed class JsonRowReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void ReadingGoesOnAfterABadLine()
    {
        byte[] file = [.. "\uFEFF{\"a\":1}\n{\"a\":\n"u8, .. "{\"b\":1,\"b\":2}\n{\"c\":\""u8, 0xE4, .. "\"}\n\n{\"d\":\"\\ud800\"}\n{\"e\":\"\u0001\"}\n{\"f\":6}"u8];
        var rows = JsonRowReader.Read(_folder.With("a", file)).ToList();
        Assert.Equal([1, 2, 3, 4, 6, 7, 8], rows.Select(row => row.Number));
        Assert.Equal([null, JsonFault.Malformed, JsonFault.DuplicateKey, JsonFault.Encoding, JsonFault.Malformed, JsonFault.Malformed,
            null],
            rows.Select(row => row.Fault?.Kind));
        Assert.Equal([6, 8, 7, 1, 7], rows.Where(row => row.Fault is not null).Select(row => row.Fault!.Column));
        Assert.Equal("the key \"b\" stands in one object twice", rows[2].Fault!.What);
        Assert.Equal("{\"c\":\"\uFFFD\"}", rows[3].Fault!.Excerpt);
        Assert.Equal(6, rows[^1].Value!.Value.GetProperty("f").GetInt32());
    }

    /// <summary>Wherever the long line stands and however it ends.</summary>
    [Theory]
    [InlineData(900, 0)]
    [InlineData(1001, 1)]
    [InlineData(5000, 1)]
    [InlineData(300_000, 1)]
    public void ALongLineIsPassedOver(int length, int faults)
    {
        var text = "{\"a\":\"" + new string('x', length - 8) + "\"}";
        foreach (var file in new[] { $"{text}\n{{}}\n", $"{{}}\n{text}\n{{}}\n{text}" })
        {
            var rows = JsonRowReader.Read(_folder.With("a", file), mostBytes: 1000).ToList();
            Assert.Equal(file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, rows.Count);
            Assert.Equal(faults * file.Split('\n').Count(line => line.Length == length),
                rows.Count(row => row.Fault?.Kind == JsonFault.TooLong));
            Assert.Equal("{}", rows.First(row => row.Value?.EnumerateObject().Any() == false).Value!.Value.GetRawText());
        }
    }

    [Fact]
    public void TheItemsOfAListAreRowsWithTheirLines()
    {
        var path = _folder.WithGzip("a", "\n [\n  {\"a\": [1,\n 2]},\n  {\"b\": 1, \"b\": 2}, 7,\n\n  {\"c\": {}}\n]\n"u8.ToArray());
        var rows = JsonRowReader.Read(path).ToList();
        Assert.Equal([3, 5, 5, 7], rows.Select(row => row.Number));
        Assert.Equal([null, JsonFault.DuplicateKey, null, null], rows.Select(row => row.Fault?.Kind));
        Assert.Empty(JsonRowReader.Read(_folder.With("none", "[]")));
    }

    [Theory]
    [InlineData("[{\"a\":1},\n{\"b\":]", ":2:6", "the list is no JSON from here on; 1 items stand before")]
    [InlineData("[{\"a\":1}] {}", ":1:11", "the list is no JSON from here on; 1 items stand before")]
    [InlineData("[{\"a\":1}", ":1:9", "the list is no JSON from here on; 1 items stand before")]
    public void AListThatBreaksOffIsRefused(string text, string where, string what)
    {
        var path = _folder.With("a", text);
        var error = Assert.Throws<FormatException>(() => JsonRowReader.Read(path).Count());
        Assert.Equal((path + where, what), (error.Location, error.What));
    }

    [Fact]
    public void Utf16IsNamed()
    {
        var path = _folder.With("a", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")]);
        Assert.Contains("the file is UTF-16", Assert.Throws<FormatException>(() => JsonRowReader.Read(path).Count()).What, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
