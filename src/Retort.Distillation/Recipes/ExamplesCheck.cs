using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What examples that are made in the loop ask of the rest of a recipe.</summary>
internal static class ExamplesCheck
{
    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Student.Examples is not { } examples) return;
        void Refuse(bool wrong, string what, string expected, string remedy)
        {
            if (wrong) throw new RetortException(fileName, $"student.examples stands beside {what}.", expected, remedy);
        }
        Refuse(recipe.Labels.Kind != "live", $"labels.kind {recipe.Labels.Kind}", "nobody has labelled examples that are made in the loop.",
            "write labels: {kind: live}.");
        Refuse(recipe.Teacher.Members[0].Source is "peer" or "own-average", $"teacher.source {recipe.Teacher.Members[0].Source}",
            "a teacher that knows the data.", "use a teacher of source train or checkpoint.");
        Refuse(recipe.Student.Training.Attack is not null, "student.training.attack", "one way to make examples.", "remove one of the two.");
        Refuse(recipe.Student.Training is { Mixup: true } or { AugmentShift: > 0 } or { AugmentNoise: > 0 },
            "an augmentation of the student's examples",
            "examples are made as they should be.", "remove mixup, augmentShift and augmentNoise from student.training.");
        Refuse(examples.Smoothness > 0 && recipe.Data.IsTable, $"data.source {recipe.Data.Source}, and its smoothness is above 0",
            "only images have neighbours.", "write smoothness: 0.");
        Refuse(recipe.Teacher.Storage != "float32" && examples.Source != "noise", $"teacher.storage {recipe.Teacher.Storage}",
            "gradients flow through weights as they were trained.", "write storage: float32.");
        var terms = recipe.Student.Objective.Select(term => Catalog.Objective(term.Name, fileName)).ToList();
        var reader = terms.FirstOrDefault(known => known.UsesClass);
        Refuse(reader is not null, $"'{reader?.Name}', which reads the true class", "examples that are made have none.", "use soft-label alone.");
        var memory = terms.FirstOrDefault(known => known.RemembersRows);
        Refuse(memory is not null, $"'{memory?.Name}', which remembers each example", "examples that are made are new each time.",
            "use another objective.");
    }
}
