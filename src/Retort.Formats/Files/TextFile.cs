using System.Text;

namespace Retort.Formats.Files;

/// <summary>A text of any length that fits in memory, plain or gzip, UTF-8.</summary>
public static class TextFile
{
    /// <summary>Longest text, in characters.</summary>
    private const int Most = 1 << 29;

    /// <exception cref="FormatException">It cannot be read, is cut short, or is too long.</exception>
    public static string Read(string path)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            var (text, buffer) = (new StringBuilder(), new char[1 << 16]);
            while (reader.Read(buffer) is > 0 and var count)
            {
                text.Append(buffer, 0, count);
                if (text.Length > Most)
                    throw new FormatException(path, $"holds more than {Most} characters", "expected a shorter text",
                        "cut the file in parts");
            }
            return text.ToString();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
    }
}
