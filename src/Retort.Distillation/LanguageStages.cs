using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Export;
using Retort.Hub;
using Retort.Labels;
using Retort.Nn.Models;
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

    /// <summary>Those of a teacher that is here, or of one that only speaks.</summary>
    public static IStages Of(Workshop shop, TextData data, string recipeFolder) =>
        shop.Recipe.Student.Rounds is not null ? new JudgedStages(shop, data, recipeFolder)
        : shop.Recipe.Teacher.OnlySpeaks ? new SpokenStages(shop, data, recipeFolder) : new LanguageStages(shop, data, recipeFolder);

    public bool LabelsAreWhole => LanguageCheckpoint.Exists(TeacherFolder)
        && (Recipe.Labels.Kind != "text" || AnswerFile.IsWhole(shop.Run.Labels))
        && (!Recipe.Labels.StoresTokens || LabelManifest.IsWhole(shop.Run.Labels));

    private Recipe Recipe => shop.Recipe;
    private TeacherMember Teacher => Recipe.Teacher.Members[0];

    /// <summary>Student and baseline share it: same first weights, same batches.</summary>
    private Seed SeedOfStudent => new Seed(Recipe.Seed).Derive("student");

    private string TeacherFolder => GivenTeacher(Recipe, recipeFolder) ?? shop.Run.TeacherFolder(Recipe.Teacher.Members, 0);

    /// <summary>About its own answers, or about the data's text.</summary>
    private bool AsksTheTeacher => Recipe.Student.Objective.Any(term => Catalog.Objective(term.Name, "objective").AsksTheTeacher);

    /// <summary>Preferred answers against others, and not texts.</summary>
    private bool PairsAreLearnt => Recipe.Student.Objective.Any(term => Catalog.Objective(term.Name, "objective").Needs == Needs.Pairs);

    /// <summary>It begins as a model that is no teacher: so does the same student without one.</summary>
    private bool StudentIsThere => Recipe.Student.Model.From is not (null or "teacher");

    private string OriginOf(ModelRecipe model) => model.From switch
    {
        null => "",
        "teacher" => TeacherFolder,
        var path => FolderOf(path, recipeFolder),
    };

    private TokenLabelling Labels => new(Recipe, data, TeacherFolder, shop.Device, shop.Progress);

    private TeacherTexts Answers => new(data, Recipe.Labels.Answers!, new Seed(Recipe.Seed), shop.Progress);

    /// <summary>The folder of a teacher that is there already, fetched if it is on the hub; null = it is trained here.</summary>
    /// <exception cref="RetortException">There is no such folder.</exception>
    public static string? GivenTeacher(Recipe recipe, string recipeFolder)
    {
        return recipe.Teacher.Members[0] is { Source: "checkpoint", Path: var path } ? FolderOf(path, recipeFolder) : null;
    }

    /// <summary>Whose tokenizer the texts have where data.tokenizer names none; null = one is learnt from them.</summary>
    /// <exception cref="RetortException">There is no such folder.</exception>
    public static string? GivenTokenizer(Recipe recipe, string recipeFolder) =>
        recipe.Teacher.HasOwnTokenizer ? null
        : recipe.Student is { Rounds: not null, Model.From: { } from } ? FolderOf(from, recipeFolder) : GivenTeacher(recipe, recipeFolder);

    /// <summary>The folder of a model, fetched if it is on the hub.</summary>
    internal static string FolderOf(string path, string recipeFolder)
    {
        using var hub = HubModels.OfEnvironment(TimeProvider.System);
        var named = path.StartsWith(HubReference.Prefix, StringComparison.Ordinal) || LanguageCheckpoint.Exists(path)
            ? path
            : DataPath.FindFolder(path, recipeFolder);
        return hub.FolderAsync(named).GetAwaiter().GetResult();
    }

    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in data.Warnings) shop.Record.Warn(warning);
        if (Teacher.Source == "train" && !LanguageCheckpoint.Exists(TeacherFolder))
            _fitting.Run(OfTruth("teacher-0", "label", Teacher.Model!, Teacher.Training!, new Seed(Recipe.Seed).Derive("teacher-0"),
                TeacherFolder, data.ForTeacher), cancellation);
        if (Recipe.Teacher.HasOwnTokenizer)
        {
            using var apart = SpanTeacher.Open(TeacherFolder, data, shop.Device);
            shop.Record.Note("two tokenizers", apart.Agreement);
            return;
        }
        using var teacher = TextTeacher.Open(TeacherFolder, data, shop.Device);
        if (Recipe.Labels.Kind == "text") Answers.Write(teacher.Model, shop.Run.Labels, cancellation);
        if (!Recipe.Labels.StoresTokens) return;
        shop.Record.Note("labels, foreseen", Labels.Cost);
        Labels.Write(teacher.Model, shop.Run.Labels, cancellation);
        using var stored = Labels.Open(shop.Run.Labels);
        shop.Record.Note("labels, measured", TokenLabelling.Measured(stored));
    }

    public void Train(CancellationToken cancellation)
    {
        using var stored = Recipe.Labels.StoresTokens ? Labels.Open(shop.Run.Labels) : null;
        foreach (var lifted in stored?.Lifted ?? []) shop.Record.Warn(lifted);
        using var apart = Recipe.Teacher.HasOwnTokenizer && AsksTheTeacher ? SpanTeacher.Open(TeacherFolder, data, shop.Device) : null;
        var asks = AsksTheTeacher && stored is null && apart is null;
        var hidden = Recipe.Labels.Kind == "hidden";
        using var teacher = asks || hidden || Recipe.Student.OnPolicy is { Source: "teacher" } or { Controls: true }
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
                Tokens = new TokenLessons(documents, asks ? teacher : null)
                {
                    Batches = !PairsAreLearnt ? null
                        : fit => new PairBatches(data.Pairs, data.ContextLength, fit.Training.BatchSize, fit.Seed),
                    Labels = stored, StoredHead = hidden ? teacher!.Model.Head : null, Spans = apart,
                    Generator = onPolicy is null ? null : (steps, times) => new OnPolicyAnswers(onPolicy, Recipe.Student.Sampling!, data,
                        steps, SeedOfStudent, times, onPolicy.Source == "teacher" ? teacher!.Model : null),
                    Watchdog = onPolicy is null ? null : Recipe.Student.Watchdog,
                },
                Initial = Recipe.Student.Initial, InitialFolder = OriginOf(Recipe.Student.Model), Lora = Recipe.Student.Lora,
                Note = shop.Record.Note, Warn = shop.Record.Warn,
            }, cancellation);
        Learn("student", shop.Run.Student, Recipe.Student.OnPolicy);
        if (Recipe.Student.OnPolicy is { Controls: true } answered)
            foreach (var control in Controls(answered, teacher!.Model, documents))
            {
                Learn(control.Name, shop.Run.Control(control.Name), control.OnPolicy, control.StepShare);
                shop.Record.Note(control.Name, control.Description);
            }
        var baseline = OfTruth("baseline", "train", Recipe.Student.Model, Recipe.Baseline.Training, SeedOfStudent, shop.Run.Baseline,
            data.Train) with { InitialFolder = OriginOf(Recipe.Student.Model), Lora = StudentIsThere ? Recipe.Student.Lora : null };
        shop.Record.Note("baseline",
            new BaselineSearch(_fitting, shop.Run.Checkpoints).Run(baseline, Recipe.Baseline, cancellation));
    }

    public EvaluationOutcome Eval(CancellationToken cancellation) =>
        new LanguageExamination(shop, data, TeacherFolder, SeedOfStudent).Run(cancellation);

    public void Export() => LanguageStudentExport.Write(shop.Run.Student, shop.Run.Export, Recipe.Name, Recipe.Export, data, shop.Device);

    private IReadOnlyList<OnPolicyControl> Controls(OnPolicyRecipe recipe, Gpt teacher, IReadOnlyList<TextDocument> documents)
    {
        var training = Recipe.Student.Training;
        var batches = new TokenBatches(documents, data.ContextLength, training.BatchSize, SeedOfStudent);
        using var student = LanguageCheckpoint.Load(shop.Run.Student, shop.Device);
        return OnPolicyControl.Of(recipe, student.Model, teacher, data.ContextLength, batches.StepsPerEpoch * (long)training.Epochs);
    }

    private Fit OfTruth(string name, string stage, ModelRecipe model, TrainingRecipe training, Seed seed, string folder, TextPart texts) =>
        new(name, stage, model, training, [ObjectiveRecipe.HardLabel(training.LabelSmoothing)], [], null, seed, folder, Checkpoint(name))
        {
            Tokens = new TokenLessons(texts.Documents), Note = shop.Record.Note,
        };

    private string Checkpoint(string name) => Path.Combine(shop.Run.Checkpoints, name + ".safetensors");
}
