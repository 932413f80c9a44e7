using System.Text.Json;

namespace Retort.Formats.Safetensors;

/// <summary>Reads the header's JSON token by token: a document model would keep only one of two equal keys.</summary>
internal sealed class SafetensorsHeaderJson(string path, long dataStart)
{
    private const string Remedy = "the header is damaged: fetch or write the file again";

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        try
        {
            reader.Read();
            var sawMetadata = false;
            while (NextKey(ref reader) is { } name)
            {
                if (name == "__metadata__")
                {
                    if (sawMetadata)
                        throw Refuse(reader, "'__metadata__' stands twice", "expected every key once");
                    sawMetadata = true;
                    ReadMetadata(ref reader);
                    continue;
                }

                if (Entries.Count == SafetensorsHeader.LargestTensorCount)
                    throw Refuse(reader, $"the header names more than {SafetensorsHeader.LargestTensorCount} tensors",
                        $"expected at most {SafetensorsHeader.LargestTensorCount}");
                if (!Entries.TryAdd(name, ReadEntry(ref reader, name)))
                    throw Refuse(reader, $"tensor '{name}' stands twice", "expected every name once");
            }

            // Only white space may follow: Read throws on anything else.
            reader.Read();
        }
        catch (JsonException error)
        {
            throw new FormatException(Location(reader), "the header is not JSON", "expected one JSON object", Remedy, error);
        }
        catch (InvalidOperationException error)
        {
            // What the reader throws for text that is not UTF-8 or has half of a surrogate pair.
            throw new FormatException(Location(reader), "the header has text that is not Unicode", "expected UTF-8", Remedy, error);
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "'__metadata__'", "an object");
        while (NextKey(ref reader) is { } key)
        {
            Expect(ref reader, JsonTokenType.String, $"metadata '{key}'", "a string");
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw Refuse(reader, $"metadata '{key}' stands twice", "expected every key once");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"tensor '{name}'", "an object");
        SafetensorsType? type = null;
        long[]? shape = null, offsets = null;
        while (NextKey(ref reader) is { } key)
        {
            var twice = false;
            switch (key)
            {
                case "dtype":
                    twice = type is not null;
                    type = ReadType(ref reader, name);
                    break;
                case "shape":
                    twice = shape is not null;
                    shape = ReadNumbers(ref reader, $"the shape of tensor '{name}'", most: 64);
                    break;
                case "data_offsets":
                    twice = offsets is not null;
                    offsets = ReadNumbers(ref reader, $"data_offsets of tensor '{name}'", most: 2);
                    break;
                default:
                    // A later version of the format may say more; the reference passes over it as well.
                    reader.Skip();
                    break;
            }

            if (twice)
                throw Refuse(reader, $"'{key}' of tensor '{name}' stands twice", "expected every key once");
        }

        if (type is not { } known || shape is null || offsets is null)
            throw Refuse(reader, $"tensor '{name}' lacks '{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'",
                "expected dtype, shape and data_offsets");
        if (offsets.Length != 2 || offsets[1] < offsets[0])
            throw Refuse(reader, $"tensor '{name}' has data_offsets [{string.Join(", ", offsets)}]",
                "expected [begin, end] with begin ≤ end");
        var text = $"tensor '{name}' is {known} [{string.Join(", ", shape)}]";
        var length =
            known.ByteLength(shape) ?? throw Refuse(reader, $"{text}: more than 2^63 bytes", "expected a size that can be counted");
        if (length != offsets[1] - offsets[0])
            throw Refuse(reader, $"{text}, so {length} bytes; its data_offsets hold {offsets[1] - offsets[0]}", "expected both to agree");
        if (offsets[1] > long.MaxValue - dataStart)
            throw Refuse(reader, $"tensor '{name}' ends at byte {offsets[1]} of the data", "expected an offset inside the file");
        return new SafetensorsEntry(name, known, shape, dataStart + offsets[0], length);
    }

    private SafetensorsType ReadType(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, $"dtype of tensor '{name}'", "a string");
        var text = reader.GetString()!;
        foreach (var type in Enum.GetValues<SafetensorsType>())
            if (type.ToString() == text)
                return type;
        throw new FormatException(Location(reader), $"tensor '{name}' has dtype '{text}'",
            "expected one of " + string.Join(", ", Enum.GetNames<SafetensorsType>()), "convert the tensor to one of these types");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string what, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, what, "a list of whole numbers");
        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Refuse(reader, $"{what} holds something else than whole numbers from 0 to 2^63 - 1",
                    "expected a list of whole numbers");
            if (numbers.Count == most)
                throw Refuse(reader, $"{what} has more than {most} numbers", $"expected at most {most}");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static string? NextKey(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string expected)
    {
        reader.Read();
        if (reader.TokenType != type)
            throw Refuse(reader, $"{what} is not {expected}", $"expected {expected}");
    }

    // Offsets count from the start of the file: the length word takes the first 8 bytes.
    private string Location(in Utf8JsonReader reader) => $"{path}: byte {8 + reader.TokenStartIndex}";

    private FormatException Refuse(in Utf8JsonReader reader, string what, string expected) => new(Location(reader), what, expected, Remedy);
}
