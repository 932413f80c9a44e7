using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a model of nodes demands of the rest of a recipe.</summary>
internal static class GraphCheck
{
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        var models = recipe.Teacher.Members.Select((member, index) => ($"teacher.members[{index}]", member.Model, member.Training))
            .Append(("student", recipe.Student.Model, recipe.Student.Training))
            .Concat(recipe.Student.Assistants.Select((model, index) =>
                ($"student.assistants[{index}]", (ModelRecipe?)model, (TrainingRecipe?)null)))
            .ToList();
        if (recipe.Data.Source == "graph" && models.FirstOrDefault(part => part.Item2 is { Kind: "conv-net" }) is { Item1: { } owner })
            throw new RetortException(fileName, $"{owner}.model is a conv-net, but data.source graph gives rows of features.",
                "a conv-net needs images: digits or idx.", "use kind: mlp, gcn, graph-sage or gat.");
        if (!recipe.Student.Model.OnGraph
            && recipe.Student.Objective.FirstOrDefault(term => Catalog.Objective(term.Name, fileName).OnGraph) is { } local)
            throw new RetortException(fileName, $"objective '{local.Name}' compares neighbours, and the student is a {recipe.Student.Model.Kind}.",
                "a student of kind gcn, graph-sage or gat.", "use soft-label.");
        foreach (var (path, model, training) in models.Where(part => part.Item2 is { OnGraph: true }))
        {
            void Refuse(bool wrong, string what, string expected, string remedy)
            {
                if (wrong) throw new RetortException(fileName, $"{path}.model is a {model!.Kind}, {what}", expected, remedy);
            }
            Refuse(recipe.Data.Source != "graph", $"but data.source {recipe.Data.Source} has no neighbours.", "data.source graph.",
                "use kind: mlp, or a graph.");
            Refuse(recipe.Labels.Kind is not "soft", $"but labels.kind is {recipe.Labels.Kind}.",
                "soft: it answers about all nodes at once, and its answers are stored whole.", "write labels: {kind: soft}.");
            Refuse(recipe.Teacher.Members.Count > 1, $"beside {recipe.Teacher.Members.Count - 1} more teachers.", "one teacher.",
                "name one.");
            Refuse(training is { Attack: not null } or { Mixup: true } or { AugmentNoise: > 0 } or { AugmentShift: > 0 }
                || recipe.Evaluation.Attack is not null, "but a key changes single examples.", "nodes as they are.",
                "remove attack, mixup, augmentNoise and augmentShift.");
            Refuse(path == "student" && recipe.Export.Contains("onnx"), "but export names onnx.",
                "safetensors: the graph is no part of an ONNX file.", "write export: [safetensors].");
            Refuse(!recipe.Student.Model.OnGraph && recipe.Student.Objective.Any(term => term.Features.Count > 0),
                "but the objective compares hidden values, and the student's batches are not the whole graph.", "objectives on answers.",
                "use soft-label, or a student of kind gcn, graph-sage or gat.");
        }
    }
}
