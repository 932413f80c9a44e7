using System.Globalization;
using Retort.Students;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a student that begins as a part of its teacher, and one that is pruned, ask of the rest of a recipe.</summary>
internal static class PartCheck
{
    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Student.Initial is { } initial)
        {
            var teacher = recipe.Teacher.Members[0];
            if (teacher.Source is not ("train" or "checkpoint"))
                throw new RetortException(fileName, $"student.initial stands beside teacher.source {teacher.Source}.",
                    "a teacher whose layers are here: train or checkpoint.", "remove student.initial.");
            if (recipe.Student.Assistants.Count > 0)
                throw new RetortException(fileName, "student.initial stands beside student.assistants.",
                    "one teacher that the student begins from.", "remove one of the two.");
            if (initial.Energy > 0 && recipe.Student.Model.Ranks.Count > 0)
                throw new RetortException(fileName, "student.initial.energy stands beside student.model.ranks.",
                    "ranks that are named, or that follow from the teacher's singular values.", "remove one of the two.");
            if (teacher.Model is { IsLanguage: false } model) StudentFromTeacher.Check(initial, recipe.Student.Model, model, fileName);
        }
        var lowRank = recipe.Student.Initial is { Energy: > 0 }
            || recipe.Student.Assistants.Append(recipe.Student.Model).Any(model => model.Ranks.Count > 0);
        var trainings = recipe.Teacher.Members
            .Select((member, i) => ($"teacher.members[{i}]", member.Training, member.Model is { Ranks.Count: > 0 }))
            .Append(("student", recipe.Student.Training, lowRank)).Append(("baseline", recipe.Baseline.Training, lowRank));
        foreach (var (path, training, factored) in trainings)
        {
            if (factored && training is { MaxNormSquared: > 0 })
                throw new RetortException(fileName, string.Create(CultureInfo.InvariantCulture,
                    $"{path}.training.maxNormSquared is {training.MaxNormSquared}, but its model's matrices are of low rank."),
                    "whole matrices: a unit's incoming weights are no row of one factor.", "remove one of the two.");
            if (training is { Prune: not null } and ({ EmaDecay: > 0 } or { Patience: > 0 }))
                throw new RetortException(fileName,
                    $"{path}.training.prune stands beside {(training.EmaDecay > 0 ? "emaDecay" : "patience")}.",
                    "the weights of the last update: averages and earlier weights are not as sparse.", "remove one of the two.");
        }
    }
}
