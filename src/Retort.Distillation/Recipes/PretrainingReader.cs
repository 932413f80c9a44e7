using Retort.Objectives;
using Retort.Recipes.Yaml;
using Retort.Students;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>The group <c>pretraining</c>, and what it asks of the rest.</summary>
internal static class PretrainingReader
{
    public static PretrainingRecipe? Read(YamlEntry? entry)
    {
        if (entry is null) return null;
        var section = Section.Of<PretrainingRecipe>(entry, "pretraining");
        return new PretrainingRecipe
        {
            Masked = section.Number("masked", new PretrainingRecipe().Masked, NumberRange.BelowOne),
            Teacher = ModelReader.Training(section.Entry("teacher"), "pretraining.teacher"),
            Student = ModelReader.Training(section.Entry("student"), "pretraining.student"),
            Objective = section.Has("objective") ? StudentReader.Terms(section) : Usual,
        };
    }

    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Pretraining is not { } pretraining)
        {
            if (recipe.Data.Corpora.Count > 0)
                throw new RetortException(fileName, "data.corpora stands without pretraining.", "encoders that learn from it first.",
                    "write pretraining: {…}, or remove the key.");
            return;
        }
        if (recipe is not { Data.IsTextClasses: true, Teacher.Members: [{ Source: "train", Model: { } teacher }] }
            || recipe.Student.Assistants.Count > 0)
            throw new RetortException(fileName, "pretraining stands beside other data, another teacher, or assistants.",
                "data.source text-classes, and one teacher of source train.", "remove the group.");
        if (recipe.Data.Corpora.Count == 0)
            throw new RetortException(fileName, "pretraining has no texts.", "data.corpora: [files].",
                "write data.corpora, or remove the group.");
        foreach (var term in pretraining.Objective)
        {
            var known = Catalog.Objective(term.Name, fileName);
            if ((known.Needs & (Needs.HardLabels | ObjectiveEntry.AnyLogits | Needs.Features)) == 0 || known.RemembersRows || known.OnGraph
                || known.ReadsNumber || known.ComparesLast || known.Watches is not null)
                throw new RetortException(fileName, $"pretraining.objective names '{term.Name}'.",
                    "objectives on the answers about each token, or on hidden states.", "use soft-label, hard-label, cosine-embedding.");
            foreach (var pair in term.Features)
            {
                ModelTaps.Check(recipe.Student.Model, pair.Student, known, "student", fileName);
                ModelTaps.Check(teacher, pair.Teacher, known, "teacher", fileName);
            }
            EncoderCheck.CheckSentences(term, fileName);
        }
    }

    /// <summary>DistilBERT's without its third term, which names hidden states.</summary>
    private static IReadOnlyList<ObjectiveRecipe> Usual =>
    [
        new ObjectiveRecipe { Name = "soft-label", Temperature = new ScheduleRecipe { From = 2, To = 2 } },
        new ObjectiveRecipe { Name = "hard-label" },
    ];
}
