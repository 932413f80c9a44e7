using System.Text.Json;
using System.Text.Json.Serialization;
using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>What ensemble.json says beside ensemble.safetensors.</summary>
/// <param name="Columns">How rows are encoded.</param>
/// <param name="ClassNames">Of the classes.</param>
/// <param name="Members">Base models, in the order of their tensors.</param>
public sealed record EnsembleDescription(IReadOnlyList<TableColumn> Columns, IReadOnlyList<string> ClassNames,
    IReadOnlyList<MemberDescription> Members)
{
    /// <summary>The number that it answers, in whose standard units; null = it answers classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TargetColumn? Target { get; init; }

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";

    /// <exception cref="RetortException">The text is no description of an ensemble.</exception>
    public static EnsembleDescription FromJson(string json, string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<EnsembleDescription>(json, Options) is { Columns.Count: > 0, ClassNames: not null,
                Members.Count: > 0 } description && TargetColumn.Fits(description.Target, description.ClassNames.Count)) return description;
        }
        catch (JsonException cause)
        {
            throw new RetortException($"{path}:{cause.LineNumber + 1}", "is not JSON of an ensemble's description.",
                "columns, classNames and members.", "train the ensemble again.", cause);
        }
        throw new RetortException(path, "lacks columns, members or at least two classNames.",
            "the ensemble.json that Retort writes beside ensemble.safetensors.", "train the ensemble again.");
    }
}

/// <summary>One base model.</summary>
/// <param name="Kind">Whose class it is.</param>
/// <param name="Name">Kind and settings, for tables.</param>
/// <param name="Weight">In the mean.</param>
public sealed record MemberDescription(MemberKind Kind, string Name, double Weight)
{
    /// <summary>Nearest neighbours: k.</summary>
    public int Neighbours { get; init; }

    /// <summary>Boosting: share of each step.</summary>
    public double Rate { get; init; }

    /// <summary>Net: widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];
}

/// <summary>Kinds of base models.</summary>
public enum MemberKind
{
    Forest,
    Boosting,
    Neighbours,
    Net,
}
