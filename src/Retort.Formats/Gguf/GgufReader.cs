using Retort.Formats.Memory;

namespace Retort.Formats.Gguf;

/// <summary>A GGUF file, memory-mapped: opening it reads the header only. See spec.md.</summary>
public sealed class GgufReader : IDisposable
{
    /// <summary>Elements decoded at a time; a multiple of every block.</summary>
    private const int Chunk = 1 << 20;

    private readonly MappedFile _file;
    private readonly GgufHeader _header;

    private GgufReader(MappedFile file, GgufHeader header) => (_file, _header) = (file, header);

    public string Path => _file.Path;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyDictionary<string, GgufEntry> Entries => _header.Entries;
    public IReadOnlyDictionary<string, GgufValue> Metadata => _header.Metadata;

    public static GgufReader Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new GgufReader(file, GgufHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Text(string key) => Get<string>(key, "a text");
    public bool Flag(string key) => Get<bool>(key, "a flag");

    /// <summary>A number of any width.</summary>
    public double Number(string key) => Find(key).Content switch
    {
        long whole => whole,
        ulong whole => whole,
        double fraction => fraction,
        _ => throw Wrong(key, "a number"),
    };

    public string[] Texts(string key) => Get<string[]>(key, "texts");

    /// <summary>Numbers of any width.</summary>
    public double[] Numbers(string key) => Find(key).Content switch
    {
        long[] whole => Array.ConvertAll(whole, number => (double)number),
        ulong[] whole => Array.ConvertAll(whole, number => (double)number),
        double[] fractions => fractions,
        _ => throw Wrong(key, "numbers"),
    };

    /// <summary>Widens, rounds or decodes any type but whole numbers. <paramref name="target"/> has one place an element.</summary>
    public void ReadFloats(string name, Span<float> target)
    {
        var entry = Entry(name);
        if (entry.Elements != target.Length)
            throw new FormatException(Path,
                $"tensor '{name}' [{string.Join(", ", entry.Shape)}] has {entry.Elements} elements; {target.Length} are wanted",
                "expected both to agree", "the file belongs to a model of another size");
        if (BlockFormats.Of(entry.DataType) is not { } format)
            throw new FormatException(Path, $"tensor '{name}' is {entry.DataType}", "expected a type whose values are floats");
        for (var start = 0; start < target.Length; start += Chunk)
        {
            var part = target[start..Math.Min(target.Length, start + Chunk)];
            var offset = entry.Offset + (long)start / format.Elements * format.Bytes;
            BlockFormats.Decode(format, _file.Slice(offset, part.Length / format.Elements * format.Bytes), part);
        }
    }

    public void Dispose() => _file.Dispose();

    private T Get<T>(string key, string wanted) => Find(key).Content is T found ? found : throw Wrong(key, wanted);

    private GgufValue Find(string key) => Metadata.TryGetValue(key, out var value) ? value
        : throw new FormatException(Path, $"there is no '{key}'", "expected it among the metadata",
            "the file belongs to another kind of model, or it is not whole");

    private FormatException Wrong(string key, string wanted) => new(Path, $"'{key}' is {Metadata[key]}", $"expected {wanted}");

    private GgufEntry Entry(string name) => Entries.TryGetValue(name, out var entry) ? entry
        : throw new FormatException(Path,
            $"there is no tensor '{name}'; the file has {Entries.Count}: {string.Join(", ", Entries.Keys.Take(8))}{(Entries.Count > 8 ? ", …" : "")}",
            "expected the name of a tensor of this file", "the file belongs to another kind of model");
}
