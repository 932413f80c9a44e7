namespace Retort.Labels;

/// <summary>
/// Refusals that a recipe lifts one by one, under <c>labels.accept</c>. Each key names exactly what it lets through, so that no key
/// silences all; what is used because of one is said, and noted in the provenance. What cannot be read as what it says (an unknown
/// codec, another number of classes, a class that does not exist, a NaN) has no key.
/// </summary>
public sealed record AcceptedLabels
{
    /// <summary>SHA-256 of the other teacher whose answers are accepted.</summary>
    public string Teacher { get; init; } = "";

    /// <summary>SHA-256 of the other data whose labels are accepted; the number of examples must be that of the recipe's data.</summary>
    public string Data { get; init; } = "";

    /// <summary>SHA-256 of the other tokenizer.</summary>
    public string Tokenizer { get; init; } = "";

    /// <summary>The temperature at which they were captured. They are taken as if it had been 1.</summary>
    public double? CaptureTemperature { get; init; }

    /// <summary>How far the probabilities of a top-k row and its tail may sum from 1; rounding alone is allowed without this key.</summary>
    public double? SumError { get; init; }

    /// <summary>Shards of one set may come from different captures.</summary>
    public bool MixedCaptures { get; init; }
}
