namespace Retort.Recipes;

/// <summary>Masked-language modelling of encoders before they learn their task, on data.corpora and the training texts.</summary>
public sealed record PretrainingRecipe
{
    /// <summary>Share of tokens that are to be guessed.</summary>
    public double Masked { get; init; } = 0.15;

    /// <summary>How the teacher is trained on it.</summary>
    public TrainingRecipe Teacher { get; init; } = new();

    /// <summary>How student and baseline are.</summary>
    public TrainingRecipe Student { get; init; } = new();

    /// <summary>What the student minimises; the teacher answers along. The baseline has the true tokens alone.</summary>
    public IReadOnlyList<ObjectiveRecipe> Objective { get; init; } = [];
}
