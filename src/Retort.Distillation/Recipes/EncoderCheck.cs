using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What texts with a class ask of the rest of a recipe: encoders, and texts as they are.</summary>
internal static class EncoderCheck
{
    public static void Check(Recipe recipe, string fileName)
    {
        var models = recipe.Teacher.Members.Select((member, i) => ($"teacher.members[{i}]", member.Model, member.Training))
            .Append(("student", recipe.Student.Model, recipe.Student.Training))
            .Concat(recipe.Student.Assistants
                .Select((model, i) => ($"student.assistants[{i}]", (ModelRecipe?)model, (TrainingRecipe?)null)))
            .Append(("baseline", null, recipe.Baseline.Training));
        foreach (var (path, model, training) in models)
        {
            if (model is not null && model.ReadsTexts != recipe.Data.IsTextClasses)
                throw new RetortException(fileName, $"{path}.model is of kind {model.Kind}, and data.source is {recipe.Data.Source}.",
                    recipe.Data.IsTextClasses ? "a classifier of texts." : "a model of numbers.",
                    recipe.Data.IsTextClasses ? "use kind: bert, or hashed-n-grams." : "use data.source text-classes.");
            if (recipe.Data.IsTextClasses && training is { Mixup: true } or { Attack: not null } or { AugmentShift: > 0 }
                    or { AugmentNoise: > 0 } or { MaxNormSquared: > 0 })
                throw new RetortException(fileName, $"{path}.training moves examples of numbers, or limits hidden units.",
                    "texts as they are: no mixup, attack, augmentShift, augmentNoise, maxNormSquared.", "remove the key.");
        }
        PretrainingReader.Check(recipe, fileName);
        AskedCheck.Check(recipe, fileName);
        if (recipe.Student.Calibrated && !recipe.Data.IsTextClasses)
            throw new RetortException(fileName, $"student.calibrated is true, and data.source is {recipe.Data.Source}.", "texts with classes.",
                "remove the key.");
        if (!recipe.Data.IsTextClasses) return;
        string? unfit = recipe switch
        {
            { Student.Examples: not null } => "student.examples",
            { Evaluation.Attack: not null } => "evaluation.attack",
            _ => null,
        };
        if (unfit is not null)
            throw new RetortException(fileName, $"{unfit} stands beside data.source text-classes.", "texts: numbers are tokens.",
                "remove the key.");
        if (recipe.Teacher.Members.FirstOrDefault(member => member.Source is "ensemble" or "onnx") is { } foreign)
            throw new RetortException(fileName, $"teacher.source is {foreign.Source}, and data.source is text-classes.",
                "an encoder: train, checkpoint, peer or own-average; or one that is asked: chat.", "write teacher: {source: train, …}.");
    }
    /// <summary>What is asked of embeddings that would otherwise pass in silence.</summary>
    public static IEnumerable<string> Warnings(Recipe recipe)
    {
        if (recipe.Student.Model.Embedding > 0 && !recipe.Student.ComparesSentences)
            yield return $"student.model.embedding is {recipe.Student.Model.Embedding}, and no objective compares the student's '{Bert.Sentence}': the layer stays as it is drawn.";
    }

    /// <summary>One vector a text beside one a token: rows that do not stand for each other.</summary>
    /// <param name="term">Its taps are there.</param>
    /// <param name="fileName">How errors call the recipe.</param>
    public static void CheckSentences(ObjectiveRecipe term, string fileName)
    {
        if (term.Features.FirstOrDefault(pair => pair.Student == Bert.Sentence ^ pair.Teacher == Bert.Sentence) is not { } mixed) return;
        var places = Catalog.Objective(term.Name, fileName).Keys.Any(key => key.Name == "places");
        if (places && term.Value("places") != "all") return;
        throw new RetortException(fileName,
            $"objective '{term.Name}' compares the student's '{mixed.Student}' with the teacher's '{mixed.Teacher}': one is a vector a text, the other one a token.",
            $"'{Bert.Sentence}' on both sides{(places ? ", or places: first or mean" : "")}.", "change features.");
    }
}
