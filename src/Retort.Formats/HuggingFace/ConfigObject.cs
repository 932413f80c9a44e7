using System.Text.Json;
using Retort.Formats.Files;

namespace Retort.Formats.HuggingFace;

/// <summary>
/// One JSON object of a checkpoint's settings, read key by key. What nobody has read in the end is refused: a setting that is passed
/// over would be a silent difference.
/// </summary>
internal sealed class ConfigObject
{
    private const int LargestFile = 16 << 20, DeepestNesting = 32;
    private const string Again = "fetch or write the file again";
    private readonly string _prefix;
    private readonly JsonElement _element;
    private readonly HashSet<string> _read = [];

    private ConfigObject(string path, string prefix, JsonElement element) => (Path, _prefix, _element) = (path, prefix, element);

    public string Path { get; }

    /// <exception cref="FormatException">No such file, or it is not one JSON object.</exception>
    public static ConfigObject Open(string path) => Root(path) is { ValueKind: JsonValueKind.Object } root
        ? new ConfigObject(path, "", root)
        : throw new FormatException(path, "the file is JSON, but no object", "expected the settings of a checkpoint", Again);

    /// <summary>The objects of a file that is a list of them.</summary>
    /// <exception cref="FormatException">No such file, or it is no list of JSON objects.</exception>
    public static IReadOnlyList<ConfigObject> OpenList(string path)
    {
        var root = Root(path);
        return root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. root.EnumerateArray().Select((item, number) => new ConfigObject(path, $"[{number}].", item))]
            : throw new FormatException(path, "the file is JSON, but no list of objects", "expected the parts of a model", Again);
    }

    private static JsonElement Root(string path)
    {
        using var stream = SourceFile.OpenRaw(path);
        if (stream.Length > LargestFile)
            throw new FormatException(path, $"the file has {stream.Length} bytes", $"expected at most {LargestFile}",
                "this is no settings file of a checkpoint");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            using var document = JsonDocument.Parse(bytes,
                new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            ReadTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new FormatException($"{path}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}", "the file is not JSON",
                $"expected one object, no key twice, nested at most {DeepestNesting} deep", Again, error);
        }
        catch (InvalidOperationException error)
        {
            // what a text throws that is not UTF-8 or has half of a surrogate pair
            throw new FormatException(path, "the file has text that is not Unicode", "expected UTF-8", Again, error);
        }
    }

    public bool Has(string key) => TryValue(key, out _);

    /// <summary>Is it there, and true or false?</summary>
    public bool IsFlag(string key) => TryValue(key, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    /// <summary>A text; null where it is absent or something else.</summary>
    public string? Text(string key) => TryValue(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A whole number from a least to a largest value.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="largest">The largest allowed.</param>
    /// <param name="absent">What its absence means; null = it must be there.</param>
    /// <param name="least">The least allowed.</param>
    public int Whole(string key, int largest, int? absent = null, int least = 1)
    {
        if (!TryValue(key, out var value)) return absent ?? throw Missing(key, $"a whole number from {least} to {largest}");
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= largest)
            return number;
        throw Refused(key, value, $"a whole number from {least} to {largest}");
    }

    /// <summary>A finite number from a least value on; <paramref name="absent"/> as above.</summary>
    public double Real(string key, double least, double? absent = null)
    {
        if (!TryValue(key, out var value)) return absent ?? throw Missing(key, $"a number of {least:R} or more");
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number >= least)
            return number;
        throw Refused(key, value, $"a number of {least:R} or more");
    }

    public bool Flag(string key, bool absent)
    {
        if (!TryValue(key, out var value)) return absent;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Refused(key, value, "true or false");
    }

    /// <summary>Whether a key is one of these words; anything else is not looked at.</summary>
    public bool Is(string key, params IReadOnlyList<string> words) =>
        TryValue(key, out var value) && value.ValueKind == JsonValueKind.String && words.Contains(value.GetString());

    /// <summary>One of the words.</summary>
    public string Word(string key, string? absent, params IReadOnlyList<string> words)
    {
        if (!TryValue(key, out var value)) return absent ?? throw Missing(key, $"one of: {string.Join(", ", words)}");
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } word && words.Contains(word)
            ? word
            : throw Refused(key, value, $"one of: {string.Join(", ", words)}");
    }

    /// <summary>A list of words; null where it is absent.</summary>
    public IReadOnlyList<string>? Words(string key)
    {
        if (!TryValue(key, out var value)) return null;
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Refused(key, value, "a list of words");
    }

    /// <summary>Token numbers: one, or a list; empty where it is absent.</summary>
    public IReadOnlyList<int> Tokens(string key)
    {
        if (!TryValue(key, out var value)) return [];
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return items.All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token) && token >= 0)
            ? [.. items.Select(item => item.GetInt32())]
            : throw Refused(key, value, "a token number, or a list of them");
    }

    /// <summary>Keys and words of an object in the order of the file; null where it is absent.</summary>
    public IReadOnlyList<(string Key, string Word)>? Names(string key)
    {
        if (!TryValue(key, out var value)) return null;
        return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(pair => pair.Value.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!))]
            : throw Refused(key, value, "an object of words");
    }

    /// <summary>An object in this one; null where it is absent.</summary>
    public ConfigObject? Object(string key)
    {
        if (!TryValue(key, out var value)) return null;
        return value.ValueKind == JsonValueKind.Object
            ? new ConfigObject(Path, _prefix + key + ".", value)
            : throw Refused(key, value, "an object");
    }

    /// <summary>These keys change nothing that is computed here.</summary>
    public void PassOver(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) _read.Add(key);
    }

    /// <exception cref="FormatException">A key that says something was read by nobody.</exception>
    public void RefuseUnread()
    {
        foreach (var pair in _element.EnumerateObject())
            if (!_read.Contains(pair.Name) && !SaysNothing(pair.Value))
                throw Refused(pair.Name, pair.Value, "settings that this version knows: another might change the numbers",
                    "if it changes nothing that the model computes, take it out of the file");
    }

    public FormatException Refused(string key, JsonElement value, string expected, string remedy = "")
    {
        var text = value.GetRawText();
        return Refused(key, text.Length > 60 ? text[..60] + "…" : text, expected, remedy);
    }

    public FormatException Refused(string key, string value, string expected, string remedy = "") =>
        new(Path, $"'{_prefix}{key}' is {value}", $"expected {expected}", remedy);

    private FormatException Missing(string key, string expected) =>
        new(Path, $"there is no '{_prefix}{key}'", $"expected {expected}", "the file belongs to another kind of model, or is not whole");

    private bool TryValue(string key, out JsonElement value)
    {
        _read.Add(key);
        return _element.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) ReadTexts(item);
        else if (element.ValueKind == JsonValueKind.Object)
            foreach (var pair in element.EnumerateObject())
            {
                _ = pair.Name;
                ReadTexts(pair.Value);
            }
    }

    /// <summary>The thing is absent.</summary>
    private static bool SaysNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Number => value.GetDouble() == 0,
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}
