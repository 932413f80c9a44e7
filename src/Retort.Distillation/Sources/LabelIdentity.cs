using Retort.Data;
using Retort.Labels;
using Retort.Recipes;
using Retort.Teachers;

namespace Retort.Sources;

/// <summary>What the labels of a run claim to be: a store that claims something else is refused.</summary>
public static class LabelIdentity
{
    /// <param name="recipe">What is kept of the answers.</param>
    /// <param name="rows">The rows that are labelled.</param>
    /// <param name="teacher">Who answers.</param>
    public static LabelSetDescription Of(Recipe recipe, Dataset rows, ITeacher teacher) => new()
    {
        Codec = recipe.Labels.Kind switch { "hard" => LabelCodec.Hard, "top-k" => LabelCodec.TopK, _ => LabelCodec.Dense },
        Classes = teacher.Classes,
        Examples = rows.Count,
        TeacherHash = teacher.Hash,
        DataHash = rows.Hash,
        Keep = recipe.Labels.Keep,
        Seed = recipe.Seed,
        Licence = recipe.Teacher.Licence,
    };
}
