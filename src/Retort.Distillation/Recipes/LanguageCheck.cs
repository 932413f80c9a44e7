using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What texts ask of the rest of a recipe: language models, and answers of a kind that texts have.</summary>
internal static class LanguageCheck
{
    private static readonly string[] Kinds = ["live", "hard", "text"];

    public static void Check(Recipe recipe, string fileName)
    {
        var models = recipe.Teacher.Members.Select((member, i) => ($"teacher.members[{i}]", member.Model))
            .Append(("student", recipe.Student.Model));
        foreach (var (path, model) in models)
            if (model is not null && model.IsLanguage != recipe.Data.IsLanguage)
                throw new RetortException(fileName, $"{path}.model is of kind {model.Kind}, and data.source is {recipe.Data.Source}.",
                    recipe.Data.IsLanguage ? "a model of texts." : "a model of numbers.",
                    recipe.Data.IsLanguage ? "use kind: gpt." : "use data.source text or arithmetic.");
        if (!recipe.Data.IsLanguage)
        {
            if (recipe.Labels.Kind == "text")
                throw new RetortException(fileName, $"labels.kind is text, and data.source is {recipe.Data.Source}.", "prompts to answer.",
                    "use labels of kind soft.");
            if (recipe.Export.Contains("gguf"))
                throw new RetortException(fileName, "export names gguf.", "a language model.", "use onnx.");
            foreach (var (path, training) in Trainings(recipe))
                if (training is { RecomputeBlocks: true })
                    throw new RetortException(fileName, $"{path}.training.recomputeBlocks is true, and data.source is {recipe.Data.Source}.",
                        "a model of kind gpt, which has blocks.", "remove the key.");
            return;
        }
        CheckTeacher(recipe, fileName);
        if (recipe.Data.Prompts > 0 && recipe.Labels.Kind != "text")
            throw new RetortException(fileName, $"data.prompts is {recipe.Data.Prompts}, and labels.kind is {recipe.Labels.Kind}.",
                "a teacher that answers them.", "write labels: {kind: text}.");
        if (!Kinds.Contains(recipe.Labels.Kind))
            throw new RetortException(fileName, $"labels.kind is {recipe.Labels.Kind}, and data.source is {recipe.Data.Source}.",
                $"one of: {string.Join(", ", Kinds)}.", "write labels: {kind: live}.");
        if (recipe.Export.Contains("onnx"))
            throw new RetortException(fileName, "export names onnx, and the student is a gpt.", "safetensors or gguf.",
                "write export: [safetensors, gguf].");
        if (recipe.Data is { Source: "arithmetic" } data && data.TestTerms < data.Terms)
            throw new RetortException(fileName, $"data.testTerms is {data.TestTerms}, below data.terms, {data.Terms}.",
                "the test part has sums as long as were trained on, and longer ones.", "raise data.testTerms.");
        foreach (var term in recipe.Student.Objective)
            if (Catalog.Objective(term.Name, fileName) is var known
                && ((known.Needs & (Needs.Features | Needs.EachTeacher)) != 0 || known.RemembersRows || known.OnGraph || known.ReadsNumber))
                throw new RetortException(fileName, $"objective '{term.Name}' does not know what a text is.",
                    "objectives on the answers about each token: soft-label, reverse-kl, hard-label.", "use soft-label.");
        string? unfit = recipe.Student switch
        {
            { Initial: not null } => "initial",
            { Examples: not null } => "examples",
            { Assistants.Count: > 0 } => "assistants",
            _ => null,
        };
        if (unfit is not null)
            throw new RetortException(fileName, $"student.{unfit} stands beside data.source {recipe.Data.Source}.",
                "a student that learns from texts alone.", "remove the key.");
        foreach (var (path, training) in Trainings(recipe))
            if (training is { Mixup: true } or { Attack: not null } or { AugmentShift: > 0 } or { AugmentNoise: > 0 }
                or { MaxNormSquared: > 0 })
                throw new RetortException(fileName, $"{path}.training moves examples of numbers, or limits hidden units.",
                    "texts as they are: no mixup, attack, augmentShift, augmentNoise, maxNormSquared.", "remove the key.");
    }

    private static IEnumerable<(string Path, TrainingRecipe? Training)> Trainings(Recipe recipe) => recipe.Teacher.Members
        .Select((member, i) => ($"teacher.members[{i}]", member.Training)).Append(("student", recipe.Student.Training));

    private static void CheckTeacher(Recipe recipe, string fileName)
    {
        if (recipe.Teacher is not { Members: [{ Source: "train" or "checkpoint", Snapshots: 1 }], Storage: "float32" })
            throw new RetortException(fileName,
                $"{recipe.Teacher.Members.Count} teacher(s), the first of source {recipe.Teacher.Members[0].Source}, and texts.",
                "one language model of source train or checkpoint, in float32, without snapshots.", "write teacher: {source: train, …}.");
    }
}
