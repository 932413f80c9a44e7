using Retort.Objectives;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors;

namespace Retort.Comparisons;

/// <summary>
/// Hidden values to compare where nobody has chosen them: all maps in order where both models have as many, else the last of each; for
/// objectives on vectors, the last hidden value of each.
/// </summary>
public static class TapPairs
{
    /// <exception cref="RetortException">A model has no value of that kind.</exception>
    public static IReadOnlyList<FeaturePair> Of(ModelRecipe student, ModelRecipe? teacher, ObjectiveEntry objective)
    {
        if (teacher is null)
            throw new RetortException("--methods", $"'{objective.Name}' compares hidden values, and the teacher is none of our models.",
                "a teacher of source train or checkpoint, whose values can be chosen without you.",
                "write the objective and its features into the recipe: its row is 'as written'.");
        if (objective.PairCount > 0)
            throw new RetortException("--methods", $"'{objective.Name}' compares {objective.PairCount} pairs of its own kind.",
                "an objective whose pairs can be chosen without you.", "write it into the recipe: its row is 'as written'.");
        var maps = objective.TapRank == 3;
        var (from, to) = (Candidates(student, maps), Candidates(teacher, maps));
        if (from.Count == 0 || to.Count == 0)
            throw new RetortException("--methods", $"'{objective.Name}' compares {(maps ? "maps" : "hidden values")}, and the "
                + $"{(from.Count == 0 ? "student" : "teacher")} has none.", maps ? "two conv-nets." : "models with a hidden layer.");
        return maps && from.Count == to.Count
            ? [.. from.Zip(to, (a, b) => new FeaturePair(a, b))]
            : [new FeaturePair(from[^1], to[^1])];
    }

    private static List<string> Candidates(ModelRecipe model, bool maps) =>
    [
        .. ModelTaps.Of(model).Where(tap => tap != "output" && !tap.EndsWith(".norm", StringComparison.Ordinal)
            && !tap.EndsWith(".linear", StringComparison.Ordinal) && (!maps || tap.StartsWith("blocks.", StringComparison.Ordinal))),
    ];
}
