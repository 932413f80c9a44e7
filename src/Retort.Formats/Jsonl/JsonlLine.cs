using System.Text.Json;

namespace Retort.Formats.Jsonl;

/// <param name="Path">The file.</param>
/// <param name="Number">Line, from 1.</param>
/// <param name="Value">Its value; stays valid.</param>
public sealed record JsonlLine(string Path, long Number, JsonElement Value)
{
    /// <summary><c>file:line</c>, for errors about the content.</summary>
    public string Location => $"{Path}:{Number}";
}
