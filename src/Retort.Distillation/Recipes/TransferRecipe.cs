namespace Retort.Recipes;

/// <summary>Synthetic rows of a table that the student learns from, beside the training rows; the teacher labels them.</summary>
public sealed record TransferRecipe
{
    /// <summary><c>munge</c>, <c>random</c> or <c>nbe</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Synthetic rows.</summary>
    public int Rows { get; init; } = 100_000;

    /// <summary>munge: p, the chance that an attribute changes.</summary>
    public double? SwapProbability { get; init; }

    /// <summary>munge: s; the larger, the nearer the draws lie to the values they come from.</summary>
    public double? Spread { get; init; }

    /// <summary>
    /// <c>all</c>: the teacher labels training rows too; <c>synthetic</c>: training rows keep their class.
    /// </summary>
    public string Relabel { get; init; } = "all";

    public override string ToString() => Kind == "munge"
        ? FormattableString.Invariant($"{Rows} munge rows, swapProbability {SwapProbability}, spread {Spread}")
        : $"{Rows} {Kind} rows";
}
