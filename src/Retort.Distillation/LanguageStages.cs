using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Export;
using Retort.Hub;
using Retort.Labels;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tensors;
using Retort.Training;

namespace Retort;

/// <summary>Label, train, eval and export of language models.</summary>
internal sealed class LanguageStages(Workshop shop, TextData data, string recipeFolder) : IStages
{
    private readonly LanguageFitting _fitting = new(shop.Device, data, shop.Events, shop.Progress, shop.Time);

    public bool LabelsAreWhole => LanguageCheckpoint.Exists(TeacherFolder)
        && (Recipe.Labels.Kind != "text" || AnswerFile.IsWhole(shop.Run.Labels));

    private Recipe Recipe => shop.Recipe;
    private TeacherMember Teacher => Recipe.Teacher.Members[0];

    /// <summary>Student and baseline share it: same first weights, same batches.</summary>
    private Seed SeedOfStudent => new Seed(Recipe.Seed).Derive("student");

    private string TeacherFolder => GivenTeacher(Recipe, recipeFolder) ?? shop.Run.TeacherFolder(Recipe.Teacher.Members, 0);

    /// <summary>About its own answers, or about the data's text.</summary>
    private bool AsksTheTeacher => Recipe.Student.Objective.Any(term =>
        (Catalog.Objective(term.Name, "objective").Needs & ObjectiveEntry.AnyLogits) != 0);

    private TeacherTexts Answers => new(data, Recipe.Labels.Answers!, new Seed(Recipe.Seed), shop.Progress);

    /// <summary>The folder of a teacher that is there already, fetched if it is on the hub; null = it is trained here.</summary>
    /// <exception cref="RetortException">There is no such folder.</exception>
    public static string? GivenTeacher(Recipe recipe, string recipeFolder)
    {
        if (recipe.Teacher.Members[0] is not { Source: "checkpoint", Path: var path }) return null;
        using var hub = HubModels.OfEnvironment(TimeProvider.System);
        var beside = Path.Combine(recipeFolder, path);
        var named = path.StartsWith(HubReference.Prefix, StringComparison.Ordinal) || Path.IsPathRooted(path)
            || !LanguageCheckpoint.Exists(beside) ? path : beside;
        return hub.FolderAsync(named).GetAwaiter().GetResult();
    }

    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in data.Warnings) shop.Record.Warn(warning);
        if (Teacher.Source == "train" && !LanguageCheckpoint.Exists(TeacherFolder))
            _fitting.Run(OfTruth("teacher-0", "label", Teacher.Model!, Teacher.Training!, new Seed(Recipe.Seed).Derive("teacher-0"),
                TeacherFolder, data.ForTeacher), cancellation);
        using var teacher = TextTeacher.Open(TeacherFolder, data, shop.Device);
        if (Recipe.Labels.Kind == "text") Answers.Write(teacher.Model, shop.Run.Labels, cancellation);
    }

    public void Train(CancellationToken cancellation)
    {
        using var teacher = AsksTheTeacher || Recipe.Student.OnPolicy is { Source: "teacher" } or { Controls: true }
            ? TextTeacher.Open(TeacherFolder, data, shop.Device)
            : null;
        var documents = data.Train.Documents;
        if (Recipe.Labels.Kind == "text")
        {
            (documents, var note) = Answers.Read(shop.Run.Labels);
            shop.Record.Note("answers of the teacher", note);
        }
        void Learn(string name, string folder, OnPolicyRecipe? onPolicy, double share = 1) => _fitting.Run(
            new Fit(name, "train", Recipe.Student.Model, Recipe.Student.Training, Recipe.Student.Objective, [], null, SeedOfStudent, folder,
                Checkpoint(name), share)
            {
                Tokens = new TokenLessons(documents, AsksTheTeacher ? teacher : null)
                {
                    Generator = onPolicy is null ? null : (steps, times) => new OnPolicyAnswers(onPolicy, Recipe.Student.Sampling!, data,
                        steps, SeedOfStudent, times, onPolicy.Source == "teacher" ? teacher!.Model : null),
                    Watchdog = onPolicy is null ? null : Recipe.Student.Watchdog,
                },
                Note = shop.Record.Note, Warn = shop.Record.Warn,
            }, cancellation);
        Learn("student", shop.Run.Student, Recipe.Student.OnPolicy);
        if (Recipe.Student.OnPolicy is { Controls: true } answered)
            foreach (var control in OnPolicyControl.Of(answered, Recipe.Student.Model, teacher!.Model, data))
            {
                Learn(control.Name, shop.Run.Control(control.Name), control.OnPolicy, control.StepShare);
                shop.Record.Note(control.Name, control.Description);
            }
        var baseline = OfTruth("baseline", "train", Recipe.Student.Model, Recipe.Baseline.Training, SeedOfStudent, shop.Run.Baseline,
            data.Train);
        shop.Record.Note("baseline",
            new BaselineSearch(_fitting, shop.Run.Checkpoints).Run(baseline, Recipe.Baseline, cancellation));
    }

    public EvaluationOutcome Eval(CancellationToken cancellation) =>
        new LanguageExamination(shop, data, TeacherFolder, SeedOfStudent).Run(cancellation);

    public void Export() => LanguageStudentExport.Write(shop.Run.Student, shop.Run.Export, Recipe.Name, Recipe.Export, data, shop.Device);

    private Fit OfTruth(string name, string stage, ModelRecipe model, TrainingRecipe training, Seed seed, string folder, TextPart texts) =>
        new(name, stage, model, training, [ObjectiveRecipe.HardLabel(training.LabelSmoothing)], [], null, seed, folder, Checkpoint(name))
        {
            Tokens = new TokenLessons(texts.Documents), Note = shop.Record.Note,
        };

    private string Checkpoint(string name) => Path.Combine(shop.Run.Checkpoints, name + ".safetensors");
}
