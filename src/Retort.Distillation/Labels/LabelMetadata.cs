using System.Globalization;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>The metadata of a file of labels; what is missing or unreadable is an error that names the file.</summary>
/// <param name="metadata">Keys and values.</param>
/// <param name="file">Where they stand.</param>
internal readonly struct LabelMetadata(IReadOnlyDictionary<string, string> metadata, string file)
{
    public string File => file;

    // JSON can hold null in the place of a text
    public string Text(string key) => metadata.TryGetValue(key, out var value) && value is { } text ? text
        : throw new RetortException(file, $"has no '{key}' in its metadata.", "expected a label set written by retort.",
            LabelRefusal.Relabel);

    public T Number<T>(string key) where T : IParsable<T> =>
        T.TryParse(Text(key), CultureInfo.InvariantCulture, out var value) ? value
            : throw new RetortException(file, $"says {key} = '{Text(key)}'.", "expected a number.", LabelRefusal.Relabel);

    /// <summary>Numbers apart by commas; none for an empty text.</summary>
    public double[] Numbers(string key)
    {
        var parts = Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[parts.Length];
        for (var index = 0; index < parts.Length; index++)
            if (!double.TryParse(parts[index], CultureInfo.InvariantCulture, out numbers[index]))
                throw new RetortException(file, $"says {key} = '{Text(key)}'.", "expected numbers.", LabelRefusal.Relabel);
        return numbers;
    }

    /// <summary>One of the values of an enumeration, by the name that files carry.</summary>
    public T Named<T>(string key, Func<T, string> nameOf) where T : struct, Enum
    {
        var name = Text(key);
        foreach (var value in Enum.GetValues<T>())
            if (nameOf(value) == name) return value;
        throw new RetortException(file, $"holds labels of {key} '{name}'.",
            $"expected one of {string.Join(", ", Enum.GetValues<T>().Select(nameOf))}.", LabelRefusal.Relabel);
    }

    /// <summary>The version of the format, which must be the one that this program writes.</summary>
    public int Version(int current)
    {
        var version = Number<int>("format_version");
        return version == current ? version : throw new RetortException(file, $"is label format version {version}.",
            $"expected version {current}.",
            "label again with this version of retort, or read the set with the version that wrote it.");
    }
}
