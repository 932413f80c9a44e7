using Retort.Checkpoints;
using Retort.Data;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Students;
using Retort.Students.Onnx;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Sources;

/// <summary>What the student's model and its objectives demand of data and of teachers that are there already, before any work.</summary>
public static class ObjectiveCheck
{
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">The data it names.</param>
    /// <param name="folderOf">Folder of each teacher.</param>
    /// <param name="learnt">The student is finished: what it began as is not needed any more.</param>
    /// <exception cref="RetortException">The model does not fit the examples, too few classes, or a tap that is not there.</exception>
    public static void Check(Recipe recipe, DataSplits data, Func<int, string> folderOf, bool learnt)
    {
        CheckOnnxTeachers(recipe, data);
        CheckModels(recipe, data, learnt);
        foreach (var term in recipe.Student.Objective)
        {
            var known = Catalog.Objective(term.Name, recipe.Name);
            if (data.Train.Classes < known.LeastClasses)
                throw new RetortException(recipe.Name, $"objective '{known.Name}' on data of {data.Train.Classes} classes.",
                    $"it needs at least {known.LeastClasses}.", "use soft-label.");
            if (known is { UsesClass: true } and not { Name: "hard-label" } && data.Train.Labels.Contains(Dataset.Unlabelled))
                throw new RetortException(recipe.Name, $"objective '{known.Name}' reads the true {(known.ReadsNumber ? "number" : "class")}, and rows of the data have none.",
                    "objectives on answers, and hard-label, which leaves those rows out.",
                    known.ReadsNumber ? "use logit-regression." : "use soft-label.");
            if (known.ComparesLast) CheckLast(recipe, known, folderOf);
            if (term.Features.Count == 0 || recipe.Teacher.Members[0].Source != "checkpoint") continue;
            var teacher = ModelCheckpoint.Describe(folderOf(0));
            if (teacher.Model.Kind == "onnx")
            {
                using var device = new CpuDevice(1);
                using var module = ModelCheckpoint.Load(folderOf(0), device).Module;
                foreach (var pair in term.Features) ModelTaps.Check((OnnxStudent)module, pair.Teacher, known, "teacher", recipe.Name);
            }
            else foreach (var pair in term.Features) ModelTaps.Check(teacher.Model, pair.Teacher, known, "teacher", recipe.Name);
        }
    }

    /// <summary>The recipe does not say what model a checkpoint is.</summary>
    private static void CheckLast(Recipe recipe, ObjectiveEntry known, Func<int, string> folderOf)
    {
        for (var i = 0; i < recipe.Teacher.Members.Count; i++)
            if (recipe.Teacher.Members[i].Source == "checkpoint" && !ModelCheckpoint.Describe(folderOf(i)).Model.HasLast)
                throw RecipeCheck.NothingBeforeLast(known.Name, $"the model in {folderOf(i)}", recipe.Name);
    }

    /// <summary>Each is opened once and tried on examples of zeros, the first with the hidden values that are compared.</summary>
    private static void CheckOnnxTeachers(Recipe recipe, DataSplits data)
    {
        if (recipe.Teacher.Members.All(member => member.Source != "onnx")) return;
        using var device = new CpuDevice(1);
        var loader = new TeacherLoader(recipe.Teacher, data.Train.ForTeacher.ExampleShape, data.Train.Classes, device, data.Train.Layout);
        for (var i = 0; i < recipe.Teacher.Members.Count; i++)
        {
            if (recipe.Teacher.Members[i] is not { Source: "onnx" } member) continue;
            using var teacher = loader.InProcess(member.Path, i);
            if (i > 0) continue;
            var shapes = teacher.Watch([.. recipe.Student.Objective.SelectMany(term => term.Features).Select(pair => pair.Teacher)]);
            foreach (var term in recipe.Student.Objective)
                foreach (var pair in term.Features)
                    ModelTaps.CheckRank(pair.Teacher, shapes[pair.Teacher].Rank == 3, Catalog.Objective(term.Name, recipe.Name), "teacher",
                        recipe.Name);
        }
    }

    /// <summary>Each model is made once, and the hidden values of graphs that are compared are looked at.</summary>
    private static void CheckModels(Recipe recipe, DataSplits data, bool learnt)
    {
        Try(recipe.Student.Model, data.Train, "student", pair => pair.Student);
        foreach (var (member, i) in recipe.Teacher.Members.Select((member, i) => (member, i)))
            if (member.Model is { } model)
                Try(model, member.Source == "peer" ? data.Train : data.Train.ForTeacher, "teacher", i == 0 ? pair => pair.Teacher : null);
        foreach (var model in recipe.Student.Assistants) Try(model, data.Train, "assistant", null);

        void Try(ModelRecipe model, Dataset examples, string who, Func<FeaturePair, string>? side)
        {
            if (learnt && model.Kind == "onnx") return;
            using var module = ModelBuilder.Create(model, examples.ExampleShape, examples.Classes);
            if (module is not OnnxStudent graph) return;
            foreach (var term in side is null ? [] : recipe.Student.Objective)
                foreach (var pair in term.Features)
                    ModelTaps.Check(graph, side!(pair), Catalog.Objective(term.Name, recipe.Name), who, recipe.Name);
        }
    }
}
