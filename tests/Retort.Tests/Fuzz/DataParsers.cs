using System.IO.Compression;
using System.Text;
using Retort.Data.Text;
using Retort.Formats.Csv;
using Retort.Formats.Delimited;
using Retort.Formats.Idx;
using Retort.Formats.Wav;

namespace Retort.Tests.Fuzz;

/// <summary>Data that people train on.</summary>
internal static class DataParsers
{
    private const string Rows = """
        {"text": "a text"}
        {"prompt": "1+1=", "completion": "2"}
        {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}
        {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "ho"}]}
        {"instruction": "say", "input": "", "output": "said"}

        """;

    private const string Table = "a,b,\"c \"\"d\"\"\"\n1,2.5,x\n-3,1e5,\"y,\nz\"\n4,,w\n";

    private static readonly byte[] images = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    public static IReadOnlyList<ParserCase> All { get; } =
    [
        ParserCase.OfFile("jsonl", [Encoding.UTF8.GetBytes(Rows), Packed(Encoding.UTF8.GetBytes(Rows))], "rows.jsonl",
            path => _ = TextRow.Read(path).Count()).With("\n", "{", "}", "[", "]", "\"", "null", "\\ud800", "\"messages\":", "\"role\":", "\0"),
        ParserCase.OfFile("csv", [Encoding.UTF8.GetBytes(Table), Packed(Encoding.UTF8.GetBytes(Table))], "t.csv", path => CsvReader.Read(path))
            .With("\"", ",", "\n", "\r", "\0", "NaN", "Infinity", "\uFEFF"),
        ParserCase.OfFile("delimited", [Encoding.UTF8.GetBytes("id\tvalue\n1\ta\n2\tb\n")], "t.tsv",
            path => _ = DelimitedReader.Read(path, '\t', "id", "value").Count()).With("\t", "\n", "\r", "\0"),
        ParserCase.OfFile("idx", [images, [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3], Packed(images)], "i.idx", path => IdxReader.Read(path)),
        new("wav", [Sound(1, 16), Sound(3, 32)], bytes => WavReader.Read("s", bytes)),
    ];

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(content);
        return packed.ToArray();
    }

    private static byte[] Sound(short format, short bits)
    {
        using var sound = new MemoryStream();
        using var writer = new BinaryWriter(sound);
        writer.Write("RIFF\0\0\0\0WAVEfmt "u8);
        writer.Write(16);
        writer.Write(format);
        writer.Write((short)2);
        writer.Write(8000);
        writer.Write(8000 * 2 * bits / 8);
        writer.Write((short)(2 * bits / 8));
        writer.Write(bits);
        writer.Write("LIST"u8);
        writer.Write(2);
        writer.Write((short)0);
        writer.Write("data"u8);
        writer.Write(4 * bits / 8);
        writer.Write(new byte[4 * bits / 8]);
        return sound.ToArray();
    }
}
