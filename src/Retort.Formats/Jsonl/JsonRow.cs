using System.Text.Json;

namespace Retort.Formats.Jsonl;

/// <summary>A line of a file in which some may be bad: what it holds, or why it holds nothing.</summary>
/// <param name="Path">The file.</param>
/// <param name="Number">Line, from 1; of a list's item the line on which it begins.</param>
/// <param name="Value">Null where there is a fault; stays valid.</param>
/// <param name="Fault">Null where there is a value.</param>
public sealed record JsonRow(string Path, long Number, JsonElement? Value, JsonFault? Fault)
{
    /// <summary><c>file:line</c>, for errors about the content.</summary>
    public string Location => $"{Path}:{Number}";
}
