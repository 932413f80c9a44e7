using System.Text;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Retort.Cli.Screens;

/// <summary>
/// Where a verb speaks: sentences and tables for people, or, with <c>--json</c>, one JSON object on stdout and people on stderr.
/// </summary>
internal sealed class Screen
{
    private const int PlainWidth = 160;
    private readonly TextWriter _data;
    private readonly TextWriter _human;

    public Screen(Surroundings surroundings, bool json)
    {
        Json = json;
        _data = surroundings.Output;
        _human = json ? surroundings.Error : surroundings.Output;
        var output = new AnsiConsoleOutput(_human);
        Terminal =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = output, Ansi = output.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        IsTerminal = output.IsTerminal;
        if (!IsTerminal)
            Terminal.Profile.Width = PlainWidth;
    }

    public bool Json { get; }
    public bool IsTerminal { get; }
    public IAnsiConsole Terminal { get; }

    public void Say(string line = "") => _human.WriteLine(line);

    public void Show(IRenderable what) => Terminal.Write(what);

    /// <summary>A table whose cells are shown as they are, without markup.</summary>
    public void Table(string[] heads, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var head in heads)
            table.AddColumn(new TableColumn(new Text(head)));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => (IRenderable)new Text(cell)));
        Show(table);
    }

    /// <summary>Writes the object when data were asked for.</summary>
    public void Data(Action<Utf8JsonWriter> write)
    {
        if (!Json)
            return;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        _data.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
