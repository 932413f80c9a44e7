using System.Text;
using Retort.Formats.Files;

namespace Retort.Formats.Csv;

/// <summary>Reads a table from CSV, plain or gzip. See spec.md.</summary>
public static class CsvReader
{
    /// <summary>Characters of text after decompression that are read unless told otherwise: a gzip bomb ends here.</summary>
    public const long DefaultMostCharacters = 1L << 30;

    public static CsvTable Read(string path, long mostCharacters = DefaultMostCharacters)
    {
        using var stream = SourceFile.Open(path, out _, out _);
        using var text =
            new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        var tokenizer = new CsvTokenizer(path, text, mostCharacters);
        try
        {
            // The byte order mark that spreadsheets put first is no part of the first name.
            if (text.Peek() == '\uFEFF')
                text.Read();
            return Read(path, tokenizer);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException($"{path}:{tokenizer.RecordLine}", "near this line the text is not UTF-8", "expected UTF-8",
                "convert the file to UTF-8", error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
    }

    private static CsvTable Read(string path, CsvTokenizer tokenizer)
    {
        var columns = Header(path, tokenizer);
        var rows = 0;
        while (tokenizer.Next())
        {
            // In a table of one column an empty line is a missing value; elsewhere it is nothing.
            if (tokenizer.IsBlank && columns.Count > 1)
                continue;
            if (tokenizer.Count != columns.Count)
            {
                var (line, column) = tokenizer.Position(Math.Min(tokenizer.Count - 1, columns.Count));
                throw new FormatException($"{path}:{line}:{column}", $"the row has {tokenizer.Count} cells; the header has {columns.Count}",
                    "expected one cell a column",
                    "put quotes around a cell that holds a comma");
            }

            for (var index = 0; index < columns.Count; index++)
                columns[index].Add(tokenizer.Cell(index), tokenizer.Position(index));
            rows++;
        }

        return new CsvTable([.. columns.Select(column => column.Build())], rows);
    }

    private static List<CsvColumnBuilder> Header(string path, CsvTokenizer tokenizer)
    {
        if (!tokenizer.Next())
            throw new FormatException($"{path}:1:1", "the file is empty", "expected a first row with the names of the columns",
                "write a header row");
        var columns = new List<CsvColumnBuilder>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < tokenizer.Count; index++)
        {
            var name = tokenizer.Cell(index);
            var (line, column) = tokenizer.Position(index);
            if (name.Length == 0)
                throw new FormatException($"{path}:{line}:{column}", $"column {index + 1} has no name", "expected a name for every column",
                    "write a header row");
            if (!names.Add(name))
                throw new FormatException($"{path}:{line}:{column}", $"two columns are named '{name}'", "expected names that differ",
                    "rename one of them");
            columns.Add(new CsvColumnBuilder(path, name));
        }

        return columns;
    }
}
