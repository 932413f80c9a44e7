using System.Text;
using Retort.Formats.Jsonl;
using Retort.Tensors;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Jsonl;

public sealed class JsonlTests
{
    [Fact]
    public void WhatIsAppendedComesBack()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 2; round++)
        {
            using var writer = JsonlWriter.Append(folder.At("a"));
            for (var step = 0; step < 3; step++)
                writer.Write(json => json.WriteString("text", $"ü\n{round}{step}"));
            writer.FlushToDisk();
        }

        Assert.Equal(["ü\n00", "ü\n01", "ü\n02", "ü\n10", "ü\n11", "ü\n12"],
            JsonlReader.Read(folder.At("a")).Select(line => line.Value.GetProperty("text").GetString()!));
        Assert.StartsWith("{\"text\":\"ü\\n00\"}\n", File.ReadAllText(folder.At("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyLinesAreCountedAndPassedOver()
    {
        using var folder = new TemporaryFolder();
        var lines = JsonlReader.Read(folder.WithGzip("a", "\n{\"a\":1}\r\n  \n[2]"u8.ToArray())).ToList();
        Assert.Equal([2, 4], lines.Select(line => line.Number));
        Assert.EndsWith("a:4", lines[1].Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":\n", ":2:6", "the line is not one JSON value")]
    [InlineData("{\"a\":1} {}\n", ":1:9", "the line is not one JSON value")]
    [InlineData("{\"a\":1,\"a\":2}\n", ":1:1", "the line is not one JSON value")]
    [InlineData("{\"a\":\"\\ud800\"}\n", ":1:1", "the line is not one JSON value")]
    [InlineData("{}\n{\"a\"", ":2:5", "the last line is not one JSON value, and has no line feed: it may be cut short")]
    public void ErrorsPointAtTheLine(string text, string where, string what)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("a.jsonl", text);
        var error = Assert.Throws<FormatException>(() => JsonlReader.Read(path).Count());
        Assert.Equal((path + where, what), (error.Location, error.What));
    }

    [Fact]
    public void DeepAndLongLinesAreRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FormatException>(() => JsonlReader.Read(folder.With("latin", [.. "{\"a\":\""u8, 0xE4, .. "\"}"u8])).Count());
        var deep = folder.With("deep", new string('[', 65) + new string(']', 65));
        Assert.Throws<FormatException>(() => JsonlReader.Read(deep).Count());
        Assert.Single(JsonlReader.Read(folder.With("fits", new string('[', 64) + new string(']', 64))));
        var text = "{}\n\"" + new string('x', 200_000) + "\"";
        Assert.Equal(2, JsonlReader.Read(folder.With("long", text)).Count());
        var error = Assert.Throws<FormatException>(() => JsonlReader.Read(folder.At("long"), new JsonlOptions(MostBytes: 1000)).Count());
        Assert.Equal($"{folder.At("long")}:2  the line is longer than 1000 bytes", error.Message.Split('\n')[0]);
    }

    /// <summary>Wherever a writer is killed, the whole lines are read, and the next writer goes on after them.</summary>
    [Fact]
    public void ACutLastLineIsForgivenAndMended()
    {
        using var folder = new TemporaryFolder();
        var whole = "{\"a\":1}\n{\"b\":[22]}\n"u8.ToArray();
        for (var length = 0; length <= whole.Length; length++)
        {
            var complete = length < 7 ? 0 : length < 18 ? 1 : 2;
            var path = folder.With("a", whole[..length]);
            Assert.Equal(complete, JsonlReader.Read(path, new JsonlOptions(ForgiveCutLastLine: true)).Count());
            using (var writer = JsonlWriter.Append(path))
                writer.Write(json => json.WriteNumber("c", 3));
            var expected = Encoding.UTF8.GetString(whole, 0, new[] { 0, 8, 19 }[complete]) + "{\"c\":3}\n";
            Assert.Equal(expected, File.ReadAllText(path));
        }
    }

    [Fact]
    public void DamageIsReadOrRefused()
    {
        var whole = "{\"a\":\"\\u00e4 ü\",\"b\":[1,2e3,null]}\n{}\n"u8.ToArray();
        Hostile.Flips(whole, whole.Length, path => _ = JsonlReader.Read(path).Count());
        Hostile.Splices(whole, 300, seed: 7, path => _ = JsonlReader.Read(path).Count());
    }

    [Fact]
    public void AMissingFolderIsASentence()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("lines cannot be appended", Assert.Throws<RetortException>(() => JsonlWriter.Append(folder.At("no/a"))).Message,
            StringComparison.Ordinal);
    }
}
