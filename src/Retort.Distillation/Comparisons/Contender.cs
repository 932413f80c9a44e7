using Retort.Recipes;

namespace Retort.Comparisons;

/// <summary>What a row of a comparison is there for.</summary>
public enum Role
{
    /// <summary>The student without a teacher, with its own rate chosen on validation.</summary>
    Alone,

    /// <summary>Plain distillation with T and hardWeight chosen on validation: what a method has to beat.</summary>
    Plain,

    /// <summary>The objective that the recipe has.</summary>
    Written,

    /// <summary>Something that knows nothing about how classes relate: what it gains too is no dark knowledge.</summary>
    Control,
    Method,
}

/// <summary>
/// A student of the comparison: all have the same model, first weights, batches, steps and rate; only the objective differs.
/// </summary>
/// <param name="Name">In tables and of its folder.</param>
/// <param name="Role">What it is there for.</param>
/// <param name="Objective">Terms of its loss.</param>
public sealed record Contender(string Name, Role Role, IReadOnlyList<ObjectiveRecipe> Objective);

/// <summary>Plain distillation: softWeight = 1 − hardWeight.</summary>
/// <param name="Temperature">T.</param>
/// <param name="HardWeight">Of the true class, in [0, 1).</param>
public sealed record PlainSettings(double Temperature, double HardWeight);
