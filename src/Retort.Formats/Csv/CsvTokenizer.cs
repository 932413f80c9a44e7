using System.Text;

namespace Retort.Formats.Csv;

/// <summary>Cuts text into records of cells (RFC 4180): commas, quotes doubled inside quotes, lines ended by LF or CRLF.</summary>
internal sealed class CsvTokenizer(string path, TextReader text, long mostCharacters)
{
    private const string QuoteRemedy = "write a quote inside quotes as two quotes";
    private readonly StringBuilder _characters = new();
    private readonly List<(int End, int Line, int Column)> _cells = [];
    private long _read;
    private int _line = 1;
    private int _column;

    /// <summary>Cells of the current record.</summary>
    public int Count => _cells.Count;

    /// <summary>Line on which the current record starts, from 1.</summary>
    public int RecordLine { get; private set; }

    public bool IsBlank => Count == 1 && _characters.Length == 0;

    public string Cell(int index)
    {
        var start = index == 0 ? 0 : _cells[index - 1].End;
        return _characters.ToString(start, _cells[index].End - start);
    }

    /// <summary>Line and column at which a cell starts, both from 1.</summary>
    public (int Line, int Column) Position(int index) => (_cells[index].Line, _cells[index].Column);

    /// <summary>Moves to the next record; false at the end of the text.</summary>
    public bool Next()
    {
        _characters.Clear();
        _cells.Clear();
        RecordLine = _line;
        if (text.Peek() < 0)
            return false;
        while (ReadCell())
        {
        }

        return true;
    }

    /// <summary>Reads one cell and what ends it; true when a comma says that another follows.</summary>
    private bool ReadCell()
    {
        var (line, column) = (_line, _column + 1);
        var next = Read();
        if (next == '"')
        {
            ReadQuoted(line, column);
            next = Read();
            if (next is not (',' or '\n' or '\r' or < 0))
                throw Refuse(_line, _column, $"'{(char)next}' follows a closing quote", "expected a comma or the end of the line",
                    QuoteRemedy);
        }

        while (next is not (',' or '\n' or '\r' or < 0))
        {
            if (next == '"')
                throw Refuse(_line, _column, "a quote stands inside a cell without quotes", "expected quotes around the whole cell",
                    QuoteRemedy);
            _characters.Append((char)next);
            next = Read();
        }

        _cells.Add((_characters.Length, line, column));
        if (next == ',')
            return true;
        if (next == '\r' && Read() != '\n')
            throw Refuse(_line, _column, "a carriage return stands without a line feed", "expected lines that end with LF or CRLF",
                "convert the line ends");
        if (next >= 0)
            NewLine();
        return false;
    }

    private void ReadQuoted(int line, int column)
    {
        while (true)
        {
            var next = Read();
            if (next < 0)
                throw Refuse(line, column, "the quote that opens here is never closed", "expected a closing quote", QuoteRemedy);
            if (next == '"')
            {
                if (text.Peek() != '"')
                    return;
                Read();
            }

            _characters.Append((char)next);
            if (next == '\n')
                NewLine();
        }
    }

    private void NewLine() => (_line, _column) = (_line + 1, 0);

    private int Read()
    {
        var next = text.Read();
        _column++;
        if (next >= 0 && ++_read > mostCharacters)
            throw Refuse(_line, _column, $"the text is longer than {mostCharacters} characters", $"expected at most {mostCharacters}",
                "split the file");
        return next;
    }

    private FormatException Refuse(int line, int column, string what, string expected, string remedy) =>
        new($"{path}:{line}:{column}", what, expected, remedy);
}
