using Retort.Tensors;

namespace Retort.Merging;

/// <summary>How models are merged.</summary>
/// <param name="Method">linear, slerp, task-arithmetic or ties.</param>
public sealed record MergeOptions(string Method)
{
    /// <summary>One a model; empty = equal ones.</summary>
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <summary>ties: share of each difference that stays; null = 0.2, the paper's.</summary>
    public double? Density { get; init; }

    /// <summary>ties: λ of what is added; null = 1.</summary>
    public double? Scale { get; init; }

    public static IReadOnlyList<string> Methods { get; } = ["linear", "slerp", "task-arithmetic", "ties"];

    /// <param name="models">How many are merged.</param>
    /// <exception cref="RetortException">An unknown method, or numbers that it does not take.</exception>
    public IMergeMethod Create(int models)
    {
        Refuse(!Methods.Contains(Method), $"unknown method '{Method}'.", $"{string.Join(", ", Methods)}.");
        Refuse(models < (Method is "task-arithmetic" or "ties" ? 1 : 2), $"{models} models for '{Method}'.", "two or more.");
        Refuse(Method == "slerp" && models != 2, $"{models} models for slerp.", "two: an arc has two ends.");
        Refuse(Weights.Count > 0 && Weights.Count != models, $"{Weights.Count} weights for {models} models.", "one a model.");
        Refuse(Method == "task-arithmetic" && Weights.Count == 0, "task-arithmetic without weights.",
            "one a model: how far to go along its difference from the base; 1 for one model gives that model.");
        Refuse(Method != "ties" && (Density ?? Scale) is not null, $"density or scale with '{Method}'.", "ties, which trims and scales.");
        Refuse(Density is not (null or (> 0 and <= 1)), $"density is {Density:R}.", "above 0, at most 1.");
        Refuse(Scale is { } scale && !double.IsFinite(scale), $"scale is {Scale:R}.", "a finite number.");
        double[] weights = [.. Weights.Count > 0 ? Weights : Enumerable.Repeat(1.0, models)];
        Refuse(!double.IsFinite(weights.Sum(Math.Abs)), $"weights of {Words(weights)}.", "finite numbers, with a finite sum.");
        Refuse(Method is "linear" or "slerp" && (weights.Min() < 0 || weights.Sum() == 0), $"weights of {Words(weights)}.",
            "shares of 0 or more, not all 0.");
        Refuse(Method == "ties" && weights.Min() <= 0, $"weights of {Words(weights)}.", "numbers above 0.");
        return Method switch
        {
            "linear" => new LinearMerge(weights),
            "slerp" => new SphericalMerge(weights[1] / weights.Sum()),
            "task-arithmetic" => new TaskArithmeticMerge(weights),
            _ => new TiesMerge(weights, Density ?? 0.2, Scale ?? 1),
        };
    }

    private static string Words(double[] weights) => string.Join(", ", weights.Select(weight => $"{weight:R}"));

    private static void Refuse(bool wrong, string what, string expected)
    {
        if (wrong) throw new RetortException("merge", what, expected);
    }
}
