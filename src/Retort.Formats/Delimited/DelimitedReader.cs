using System.Text;
using Retort.Formats.Files;

namespace Retort.Formats.Delimited;

/// <summary>Lines of cells between separators, plain or gzip, without quotes. See spec.md.</summary>
public static class DelimitedReader
{
    /// <summary>Characters of one line: a gzip bomb without line feeds ends here.</summary>
    public const int MostLineCharacters = 1 << 22;

    /// <param name="path">The file.</param>
    /// <param name="separator">Between cells.</param>
    /// <param name="header">The names that the first line must have.</param>
    /// <returns>Number of the line, from 1, and its cells, as many as the header has; empty lines are left out.</returns>
    /// <exception cref="FormatException">Another header, another count of cells, or a file that cannot be read.</exception>
    public static IEnumerable<(long Line, string[] Cells)> Read(string path, char separator, params string[] header)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var text = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var expected = string.Join(separator == '\t' ? "\\t" : $"{separator}", header);
        for (var number = 1L; TryLine(path, text, number, out var line); number++)
        {
            var cells = line.Split(separator);
            if (number == 1)
            {
                if (!cells.SequenceEqual(header))
                    throw new FormatException($"{path}:1", $"the header is '{line[..Math.Min(100, line.Length)]}'", $"expected {expected}",
                        "write that header");
                continue;
            }
            if (line.Length == 0) continue;
            if (cells.Length != header.Length)
                throw new FormatException($"{path}:{number}", $"the line has {cells.Length} cells; the header has {header.Length}",
                    $"expected {expected}", "mend the line");
            yield return (number, cells);
        }
    }

    private static bool TryLine(string path, StreamReader text, long number, out string line)
    {
        var letters = new StringBuilder();
        try
        {
            int letter;
            while ((letter = text.Read()) >= 0 && letter != '\n')
            {
                if (letters.Length == MostLineCharacters)
                    throw new FormatException($"{path}:{number}", $"the line is longer than {MostLineCharacters} characters",
                        "expected shorter lines", "check that every row has its own line");
                letters.Append((char)letter);
            }
            if (letters.Length > 0 && letters[^1] == '\r') letters.Length--;
            line = letters.ToString();
            if (number == 1 && line.Length == 0 && letter < 0)
                throw new FormatException($"{path}:1", "the file is empty", "expected a header", "fetch the file again");
            return letters.Length > 0 || letter >= 0;
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException($"{path}:{number}", "near this line the text is not UTF-8", "expected UTF-8",
                "convert the file to UTF-8", error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
    }
}
