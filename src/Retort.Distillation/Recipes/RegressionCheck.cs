using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a number in place of classes demands of the rest of a recipe.</summary>
internal static class RegressionCheck
{
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        foreach (var term in recipe.Student.Objective)
        {
            var known = Catalog.Objective(term.Name, fileName);
            if (recipe.Data.IsRegression && !known.OfNumbers)
                throw new RetortException(fileName, $"objective '{known.Name}' reads classes, but data.task is regression.",
                    "an objective on numbers: true-value, logit-regression, or one on hidden values.", "use logit-regression.");
            if (!recipe.Data.IsRegression && known.ReadsNumber)
                throw new RetortException(fileName, $"objective '{known.Name}' reads a number, but data.task is classification.",
                    "a target that is a number, and data.task regression.", "use hard-label.");
        }
        if (recipe.Data.IsRegression) CheckAll(recipe, fileName);
    }

    private static void CheckAll(Recipe recipe, string fileName)
    {
        void Refuse(bool wrong, string what, string expected, string remedy)
        {
            if (wrong) throw new RetortException(fileName, $"data.task is regression, but {what}.", expected, remedy);
        }
        Refuse(recipe.Labels.Kind is not ("soft" or "live"), $"labels.kind is {recipe.Labels.Kind}", "a number has no classes to choose from.",
            "write labels: {kind: soft}.");
        Refuse(recipe.Data.TransferClasses.Count > 0, "data.transferClasses is written", "there are no classes.", "remove the key.");
        Refuse(recipe.Data.Slice.Length > 0, "data.slice is written", "slices are compared by accuracy.", "remove the key.");
        Refuse(recipe.Evaluation.Attack is not null, "evaluation.attack is written", "an attack raises a cross-entropy.", "remove the key.");
        var gate = recipe.Gate switch
        {
            { MinKept: not null } => "minKept",
            { MinAgreement: not null } => "minAgreement",
            { MinGain: not null } => "minGain",
            { MaxEceAboveTeacher: not null } => "maxEceAboveTeacher",
            _ => null,
        };
        Refuse(gate is not null, $"gate.{gate} is written", "it is a share of right answers, which a number does not have.",
            "gate on maxBytes or maxLatencyP95Ms.");
        CheckTeachers(recipe, Refuse);
        CheckModels(recipe, Refuse);
    }

    private static void CheckTeachers(Recipe recipe, Action<bool, string, string, string> refuse)
    {
        foreach (var member in recipe.Teacher.Members)
        {
            refuse(member.Source is not ("train" or "ensemble" or "checkpoint"), $"teacher.source is {member.Source}",
                "a teacher of source train, ensemble or checkpoint.", "use one of them.");
            refuse(member.Ensemble is { SelectBy: not "root-mean-square" }, $"teacher.ensemble.selectBy is {member.Ensemble?.SelectBy}",
                "root-mean-square: log-loss is of probabilities.", "remove the key.");
        }
        refuse(recipe.Teacher is { Members.Count: > 1, Average: not "logits" }, $"teacher.average is {recipe.Teacher.Average}",
            "the mean of the teachers' numbers.", "write average: logits.");
    }

    private static void CheckModels(Recipe recipe, Action<bool, string, string, string> refuse)
    {
        refuse(recipe.Student.Examples is not null, "student.examples is written", "they are made by a teacher's classes.", "remove the key.");
        var trainings = recipe.Teacher.Members.Select((member, i) => ($"teacher.members[{i}]", member.Model, member.Training))
            .Append(("student", recipe.Student.Model, recipe.Student.Training)).Append(("baseline", null, recipe.Baseline.Training))
            .Concat(recipe.Student.Assistants.Select((model, i) => ($"student.assistants[{i}]", (ModelRecipe?)model, (TrainingRecipe?)null)));
        foreach (var (path, model, training) in trainings)
        {
            refuse(model is { Kind: not "mlp" }, $"{path}.model is of kind {model?.Kind}", "a model of kind mlp.", "write kind: mlp.");
            refuse(training is { LabelSmoothing: > 0 }, $"{path}.training.labelSmoothing is above 0", "classes are smoothed, numbers are not.",
                "remove the key.");
            refuse(training is { Attack: not null }, $"{path}.training.attack is written", "an attack raises a cross-entropy.",
                "remove the key.");
        }
    }
}
