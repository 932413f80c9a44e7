namespace Retort.Labels;

/// <summary>What a set of labels answers to: written into its shards and its manifest, compared with what a recipe needs.</summary>
public interface ILabelDescription
{
    /// <summary>The temperature at which the teacher was asked; 1 everywhere but in sets of other origin.</summary>
    double CaptureTemperature { get; }

    /// <summary>Where labels found must agree with labels needed, in the order in which they are compared.</summary>
    IReadOnlyList<LabelField> Fields { get; }

    /// <summary>Names and values as a shard's metadata carries them.</summary>
    IReadOnlyList<KeyValuePair<string, string>> ToMetadata();
}

/// <summary>One thing in which labels must agree.</summary>
/// <param name="Name">As a sentence names it.</param>
/// <param name="Value">As a text; empty for none.</param>
/// <param name="Remedy">What to do where it differs.</param>
/// <param name="Key">The key of <see cref="AcceptedLabels"/> that lifts the refusal; empty when none does.</param>
public sealed record LabelField(string Name, string Value, string Remedy, string Key = "");
