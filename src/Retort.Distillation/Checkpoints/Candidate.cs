using System.Text.Json;
using Retort.Formats.Files;

namespace Retort.Checkpoints;

/// <summary>A finished try of a search: what it was, and what validation said.</summary>
public sealed record Candidate(string Name, double Rate, double StepShare, double Score, double Loss)
{
    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this));

    /// <returns>Null when that try is not finished.</returns>
    public static Candidate? TryRead(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<Candidate>(File.ReadAllText(path)) : null;
}
