namespace Retort.Recipes;

/// <summary>How large the library of base models is, and how the ensemble is chosen from it.</summary>
public sealed record EnsembleRecipe
{
    /// <summary>Trees of each forest.</summary>
    public int Trees { get; init; } = 300;

    /// <summary>Rounds of the longest boosting; each has one tree a class.</summary>
    public int BoostingRounds { get; init; } = 400;

    /// <summary>Updates of each small net.</summary>
    public int NetSteps { get; init; } = 10_000;

    /// <summary>Models added one by one, with replacement, in each bag.</summary>
    public int SelectionRounds { get; init; } = 20;

    /// <summary>Selections from random halves of the library, added up; 1 = one from all of it.</summary>
    public int SelectionBags { get; init; } = 20;

    /// <summary><c>root-mean-square</c> or <c>log-loss</c> on the validation part.</summary>
    public string SelectBy { get; init; } = "root-mean-square";
}
