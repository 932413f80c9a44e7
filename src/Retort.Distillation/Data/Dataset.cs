using Retort.Data.Tables;

namespace Retort.Data;

/// <summary>Examples with known classes, whole in memory.</summary>
public sealed class Dataset
{
    /// <summary>[N, …ExampleShape], row-major, ready for the model (scaled).</summary>
    public required float[] Features { get; init; }

    /// <summary>[N], class ids in [0, Classes).</summary>
    public required int[] Labels { get; init; }

    /// <summary>Shape of one example: [features], or [channels, height, width].</summary>
    public required int[] ExampleShape
    {
        get;
        init => (field, ExampleSize) = (value, value.Aggregate(1, (product, extent) => product * extent));
    }

    /// <summary>Numbers of one example.</summary>
    public int ExampleSize { get; private init; }
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>[N], slice of each example for the per-slice table; null = no slices.</summary>
    public int[]? Slices { get; init; }
    public IReadOnlyList<string> SliceNames { get; init; } = [];

    /// <summary>Of a table: what each encoded column is; null = no table.</summary>
    public TableLayout? Layout { get; init; }

    /// <summary>SHA-256 of features and labels, hexadecimal.</summary>
    public required string Hash { get; init; }

    public int Count => Labels.Length;
    public int Classes => ClassNames.Count;
    public ReadOnlySpan<float> Example(int row) => Features.AsSpan(row * ExampleSize, ExampleSize);
}

/// <summary>Train for fitting, Validation for every choice, Test read once in eval.</summary>
public sealed record DataSplits(Dataset Train, Dataset Validation, Dataset Test);
