using System.Text;

namespace Retort.Formats.Files;

/// <summary>Texts in UTF-8, plain or gzip.</summary>
public static class TextFile
{
    /// <summary>All lines without their ends; an empty last one is none.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">It is not there, or its gzip stream is damaged.</exception>
    public static IReadOnlyList<string> Lines(string path)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = new List<string>();
        try
        {
            while (reader.ReadLine() is { } line) lines.Add(line);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
        return lines;
    }
}
