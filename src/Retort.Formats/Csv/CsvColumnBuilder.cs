using System.Globalization;

namespace Retort.Formats.Csv;

/// <summary>
/// Gathers one column. Only distinct texts are kept, with a code a row: whether the column is numeric is known only
/// at the end, and a code is all that either kind needs.
/// </summary>
internal sealed class CsvColumnBuilder(string path, string name)
{
    private readonly Dictionary<string, int> _codeOf = new(StringComparer.Ordinal);
    private readonly List<(string Text, int Line, int Column)> _distinct = [];
    private readonly List<int> _codes = [];

    public void Add(string cell, (int Line, int Column) position)
    {
        if (cell is "" or "?" or "NA")
        {
            _codes.Add(-1);
            return;
        }

        if (!_codeOf.TryGetValue(cell, out var code))
        {
            _codeOf.Add(cell, code = _distinct.Count);
            _distinct.Add((cell, position.Line, position.Column));
        }

        _codes.Add(code);
    }

    public CsvColumn Build()
    {
        var numbers = new float[_distinct.Count];
        (string Text, int Line, int Column)? strange = null;
        for (var code = 0; code < numbers.Length; code++)
        {
            var text = _distinct[code].Text;
            var isNumber = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[code]);
            if (!isNumber && !IsInfinity(text))
                return BuildNominal();
            if (!isNumber || !float.IsFinite(numbers[code]))
                strange ??= _distinct[code];
        }

        if (strange is var (word, line, column))
            throw new FormatException($"{path}:{line}:{column}", $"'{word}' stands in the numeric column '{name}'",
                "expected finite numbers of 32 bits",
                "leave the cell empty when the value is missing");
        return new CsvColumn { Name = name, Kind = CsvColumnKind.Numeric,
            Numbers = [.. _codes.Select(code => code < 0 ? float.NaN : numbers[code])] };
    }

    private CsvColumn BuildNominal()
    {
        var order = Enumerable.Range(0, _distinct.Count).OrderBy(code => _distinct[code].Text, StringComparer.Ordinal).ToArray();
        var rank = new int[order.Length];
        for (var place = 0; place < order.Length; place++)
            rank[order[place]] = place;
        return new CsvColumn
        {
            Name = name,
            Kind = CsvColumnKind.Nominal,
            Categories = [.. order.Select(code => _distinct[code].Text)],
            Codes = [.. _codes.Select(code => code < 0 ? -1 : rank[code])],
        };
    }

    // .NET parses "Infinity" and "NaN"; other tools write "inf", which would quietly turn the column into words.
    private static bool IsInfinity(string text) => text.Trim().TrimStart('+', '-').Equals("inf", StringComparison.OrdinalIgnoreCase);
}
