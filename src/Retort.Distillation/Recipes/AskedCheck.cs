using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a teacher that can only be asked, and texts that are hashed, demand of a recipe about texts with classes.</summary>
internal static class AskedCheck
{
    public static void Check(Recipe recipe, string fileName)
    {
        CheckHashed(recipe, fileName);
        if (recipe.Teacher.Members.FirstOrDefault(member => member.Source is "recorded" or "chat") is not { } speaker) return;
        if (recipe.Data.IsLanguage) return; // LanguageCheck looks at these
        if (!recipe.Data.IsTextClasses || speaker.Source == "recorded" || recipe.Teacher.Members.Count > 1)
            throw new RetortException(fileName,
                $"teacher.source is {speaker.Source}, beside {recipe.Teacher.Members.Count - 1} other teachers and data.source {recipe.Data.Source}.",
                "one teacher of source chat with data.source text-classes, or a recorded or asked one with data.source traces.",
                "write teacher: {source: chat, chat: {…}}, and data: {source: text-classes, path: …}.");
        var (beside, expected, remedy) = recipe switch
        {
            { Labels.Kind: not ("soft" or "hard") } => ($"labels.kind {recipe.Labels.Kind}", "what it said once: soft or hard", "write labels: {kind: soft}."),
            { Student.Assistants.Count: > 0 } => ("student.assistants", "a student that learns from it itself", "remove the key."),
            _ when !speaker.Chat!.Classes!.Template.Contains("{text}", StringComparison.Ordinal) =>
                ("teacher.chat.classes.template without {text}", "a place for the text", "write {text} into it."),
            _ when recipe.Student.Objective.Any(term =>
                (Catalog.Objective(term.Name, fileName).Needs & (Needs.Features | Needs.EachTeacher)) != 0) => ("an objective that looks inside a teacher", "its answers alone", "use soft-label."),
            _ => default,
        };
        if (beside is not null)
            throw new RetortException(fileName, $"teacher.source chat stands beside {beside}.", $"{expected}.", remedy);
    }

    private static void CheckHashed(Recipe recipe, string fileName)
    {
        var models = recipe.Teacher.Members.Select((member, i) => ($"teacher.members[{i}].model", member.Model))
            .Append(("student.model", recipe.Student.Model))
            .Concat(recipe.Student.Assistants.Select((model, i) => ($"student.assistants[{i}]", (ModelRecipe?)model)));
        foreach (var (path, model) in models)
            if (model is { ReadsTexts: true } && model.IsHashed != recipe.Data.IsHashed)
                throw new RetortException(fileName, $"{path} is of kind {model.Kind}, and data.hashed is {recipe.Data.Hashed}.",
                    "texts as tokens for a bert, and as hashes for hashed-n-grams; all models of a run read the same.",
                    model.IsHashed ? "write data.hashed: 32768." : "remove data.hashed, or use kind: hashed-n-grams.");
        if (!recipe.Data.IsHashed) return;
        if (recipe.Pretraining is not null)
            throw new RetortException(fileName, "pretraining stands beside data.hashed.", "tokens, of which some are masked.", "remove one of the two.");
        if (recipe.Export.Contains("onnx"))
            throw new RetortException(fileName, "export names onnx, and the student reads hashes of n-grams.",
                "files that retort serve opens: no graph makes the hashes of a text.", "write export: [safetensors].");
        if (recipe.Teacher.Members.FirstOrDefault(member => member.Source == "checkpoint") is not null)
            throw new RetortException(fileName, "teacher.source is checkpoint, and data.hashed is written.", "a teacher that is asked, or trained here on the same hashes.",
                "remove data.hashed, or write teacher: {source: chat, …}.");
    }
}
