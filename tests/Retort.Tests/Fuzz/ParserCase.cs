using System.Text;
using Retort.Tests.Formats;

namespace Retort.Tests.Fuzz;

/// <summary>A parser, and files that it reads.</summary>
/// <param name="Name">Of the format.</param>
/// <param name="Valid">Files it must read.</param>
/// <param name="Read">
/// Reads a file's bytes to the end. What needs a path finds the bytes there, under the name it asks for, in a folder of its own.
/// </param>
internal sealed record ParserCase(string Name, IReadOnlyList<byte[]> Valid, Action<byte[], Func<string, string>> Read)
{
    /// <summary>What means something in this format, to be put in anywhere.</summary>
    public IReadOnlyList<byte[]> Words { get; init; } = [];

    public ParserCase(string name, IReadOnlyList<byte[]> valid, Action<byte[]> read) : this(name, valid, (bytes, _) => read(bytes)) { }

    public ParserCase With(params string[] words) => this with { Words = [.. words.Select(Encoding.UTF8.GetBytes)] };

    /// <summary>Reads from a file of this name.</summary>
    public static ParserCase OfFile(string name, IReadOnlyList<byte[]> valid, string file, Action<string> read) =>
        new(name, valid, (_, at) => read(at(file)));

    /// <summary>What a writer makes of a path.</summary>
    public static byte[] Written(Action<string> write)
    {
        using var folder = new TemporaryFolder();
        write(folder.At("file"));
        return File.ReadAllBytes(folder.At("file"));
    }

    public override string ToString() => Name;
}
