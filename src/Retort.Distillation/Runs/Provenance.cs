using System.Globalization;
using System.Text.Json;

namespace Retort.Runs;

/// <summary>provenance.json: where a run's results come from. Hashes are SHA-256, hexadecimal; null = there is none.</summary>
public sealed record Provenance
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public required string Recipe { get; init; }
    public required string RecipeHash { get; init; }
    public string? DataHash { get; init; }
    public string? LabelsHash { get; init; }
    public string? TeacherHash { get; init; }
    public string? StudentHash { get; init; }
    public string RetortVersion { get; init; } = typeof(Provenance).Assembly.GetName().Version?.ToString(3) ?? "";
    public MachineDescription Machine { get; init; } = MachineDescription.Read();
    public required ulong Seed { get; init; }
    public required int Threads { get; init; }
    public string TeacherLicence { get; init; } = "";

    /// <summary>What the teacher's terms say about its answers, word for word.</summary>
    public string TeacherTerms { get; init; } = "";
    public IReadOnlyList<StageCost> Cost { get; init; } = [];

    /// <summary>Facts that were found on the way: the baseline that was chosen, what could not be measured.</summary>
    public SortedDictionary<string, string> Notes { get; init; } = [];

    /// <summary>How what was written answers when it is read back; null = it was not tried.</summary>
    public string? Exported { get; init; }

    /// <summary>What the user should know, in the order it was found; they outlive a kill with the stage that found them.</summary>
    public IReadOnlyList<StageWarning> Warnings { get; init; } = [];

    /// <summary>Where a result comes from and what it cost, for a report.</summary>
    public IEnumerable<KeyValuePair<string, string>> Facts()
    {
        yield return new("recipe", $"{Recipe} ({RecipeHash[..12]})");
        yield return new("seed", Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("threads", Threads.ToString(CultureInfo.InvariantCulture));
        yield return new("machine", Machine.ToString());
        yield return new("Retort", RetortVersion);
        yield return new("teacher", $"{TeacherHash} {TeacherLicence}".Trim());
        if (TeacherTerms.Length > 0) yield return new("the teacher's terms", TeacherTerms);
        yield return new("student", StudentHash ?? "");
        foreach (var cost in Cost) yield return new($"{cost.Stage}, seconds",
            string.Create(CultureInfo.InvariantCulture, $"{cost.WallSeconds:0.0} on the clock, {cost.CpuSeconds:0.0} of processor"));
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    public static Provenance FromJson(string text) =>
        JsonSerializer.Deserialize<Provenance>(text, Json) ?? throw new JsonException("provenance.json is null.");
}

/// <summary>What a stage took, over all its resumptions.</summary>
/// <param name="Stage">label, train, eval, export.</param>
/// <param name="WallSeconds">Time on the clock.</param>
/// <param name="CpuSeconds">Time on all cores.</param>
public sealed record StageCost(string Stage, double WallSeconds, double CpuSeconds);

/// <summary>A whole sentence, and the stage that found it; a stage that is done again finds its own again.</summary>
public sealed record StageWarning(string Stage, string Text);
