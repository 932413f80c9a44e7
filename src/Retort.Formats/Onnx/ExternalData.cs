using Retort.Formats.Files;

namespace Retort.Formats.Onnx;

/// <summary>
/// Constants that lie in a file of their own beside the model. The file must be inside the model's folder, reached without links:
/// a model is data from elsewhere and may not name other files of this machine (CVE-2022-25882, CVE-2024-27318).
/// </summary>
internal static class ExternalData
{
    /// <param name="folder">The model's folder; null where the model is no file.</param>
    /// <param name="location">How errors call the model.</param>
    /// <param name="tensor">Name of the constant.</param>
    /// <param name="entries">location, and offset and length in bytes.</param>
    public static byte[] Read(string? folder, string location, string tensor, IReadOnlyDictionary<string, string> entries)
    {
        var name = entries.GetValueOrDefault("location", "");
        var path = Resolve(folder, location, tensor, name);
        using var file = SourceFile.OpenRaw(path);
        var offset = Number(entries, "offset", 0, location, tensor);
        var length = Number(entries, "length", file.Length - Math.Min(offset, file.Length), location, tensor);
        if (offset > file.Length || length > file.Length - offset || length > Array.MaxLength)
            throw new FormatException(path, $"'{tensor}' of {location} takes {length} bytes from byte {offset}, the file has {file.Length}",
                "expected the whole constant inside the file", "fetch the file again");
        var bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string Resolve(string? folder, string location, string tensor, string name)
    {
        if (folder is null)
            throw Refuse($"external data '{name}', and the model is no file in a folder");
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Contains('\\') || name.Contains(':') || name.Contains('\0'))
            throw Refuse($"external data '{name}'");
        var path = Path.GetFullPath(folder);
        foreach (var part in name.Split('/'))
        {
            if (part is "" or "." or "..")
                throw Refuse($"external data '{name}'");
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                throw Refuse($"external data '{name}', where '{part}' is a link");
        }
        if (!File.Exists(path) || (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.Directory)) != 0)
            throw new FormatException(location, $"'{tensor}' lies in '{name}', and there is no such file beside the model", "",
                "put the model's data files into its folder");
        return path;

        FormatException Refuse(string what) => new(location, $"'{tensor}' lies in {what}",
            "expected a plain file inside the model's folder: no absolute path, no '..', no link", "do not use this model unless you trust it");
    }

    private static long Number(IReadOnlyDictionary<string, string> entries, string key, long missing, string location, string tensor)
    {
        if (!entries.TryGetValue(key, out var text))
            return missing;
        return long.TryParse(text, out var value) && value >= 0 ? value
            : throw new FormatException(location, $"'{tensor}' has the external {key} '{text}'", "expected a number of bytes");
    }
}
