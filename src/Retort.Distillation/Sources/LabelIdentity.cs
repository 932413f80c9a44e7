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
    public static LabelSetDescription Of(Recipe recipe, Dataset rows, ITeacher teacher) => Of(recipe, rows, teacher.Classes, teacher.Hash);

    /// <param name="recipe">What is kept of the answers.</param>
    /// <param name="rows">The rows that are labelled.</param>
    /// <param name="classes">That the teacher knows.</param>
    /// <param name="teacher">Hash of who answers.</param>
    public static LabelSetDescription Of(Recipe recipe, Dataset rows, int classes, string teacher) => new()
    {
        Codec = recipe.Labels.Kind switch { "hard" => LabelCodec.Hard, "top-k" => LabelCodec.TopK, _ => LabelCodec.Dense },
        Classes = classes,
        Examples = rows.Count,
        TeacherHash = teacher,
        DataHash = rows.Hash,
        Keep = recipe.Labels.Keep,
        Seed = recipe.Seed,
        Licence = recipe.Teacher.Licence,
    };
}
