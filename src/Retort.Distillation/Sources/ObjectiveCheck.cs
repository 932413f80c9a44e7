using Retort.Checkpoints;
using Retort.Data;
using Retort.Recipes;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>What the student's model and its objectives demand of data and of teachers that are there already, before any work.</summary>
public static class ObjectiveCheck
{
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">The data it names.</param>
    /// <param name="folderOf">Folder of the first teacher.</param>
    /// <exception cref="RetortException">The model does not fit the examples, too few classes, or a tap that is not there.</exception>
    public static void Check(Recipe recipe, DataSplits data, Func<string> folderOf)
    {
        ModelBuilder.Create(recipe.Student.Model, data.Train.ExampleShape, data.Train.Classes).Dispose();
        foreach (var member in recipe.Teacher.Members.Where(member => member.Source == "onnx")) OnnxTeacher.Check(member.Path);
        foreach (var term in recipe.Student.Objective)
        {
            var known = Catalog.Objective(term.Name, recipe.Name);
            if (data.Train.Classes < known.LeastClasses)
                throw new RetortException(recipe.Name, $"objective '{known.Name}' on data of {data.Train.Classes} classes.",
                    $"it needs at least {known.LeastClasses}.", "use soft-label.");
            if (known is { UsesClass: true } and not { Name: "hard-label" } && data.Train.Labels.Contains(Dataset.Unlabelled))
                throw new RetortException(recipe.Name, $"objective '{known.Name}' reads the true class, and rows of the data have none.",
                    "objectives on answers, and hard-label, which leaves those rows out.", "use soft-label.");
            if (term.Features.Count == 0 || recipe.Teacher.Members[0].Source != "checkpoint") continue;
            var teacher = ModelCheckpoint.Describe(folderOf());
            foreach (var pair in term.Features) ModelTaps.Check(teacher.Model, pair.Teacher, known, "teacher", recipe.Name);
        }
    }
}
