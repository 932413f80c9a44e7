using System.Text.Json;
using Retort.Judging.Arms;

namespace Retort.Sources;

/// <summary>What a teacher behind an API has cost, and how long it took, by the journal of the job.</summary>
/// <param name="SpentUsd">All that was ever sent.</param>
/// <param name="Accepted">Answers that are taken.</param>
/// <param name="LatencyMs">Of an answer; null = nobody measured it.</param>
public sealed record AskedFigures(double SpentUsd, int Accepted, RequestFigures? LatencyMs)
{
    /// <summary>Rejected and failed requests are paid for by those that are taken; null = none is.</summary>
    public double? UsdPerAnswer => Accepted > 0 ? SpentUsd / Accepted : null;

    public string ToJson() => JsonSerializer.Serialize(this);

    public static AskedFigures? Of(string? json) => json is null ? null : JsonSerializer.Deserialize<AskedFigures>(json);
}
