using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Evaluation;
using Retort.Export;
using Retort.Labels;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;
using Retort.Training;

namespace Retort;

/// <summary>
/// Label, train, eval and export where the teacher is not here and all there is of it is what it said. Its texts are verified, the student
/// learns those that are right, and the same student learns the right answers alone, for as many updates; or, where it answers prompts of
/// plain texts, its answers are learnt with what it thought of each token, and the same student learns the data's own answers.
/// </summary>
internal sealed class SpokenStages(Workshop shop, TextData data, string recipeFolder) : IStages
{
    public bool LabelsAreWhole => AnswerFile.IsWhole(shop.Run.Labels)
        && (!Recipe.Labels.StoresTokens || LabelManifest.IsWhole(shop.Run.Labels));

    private Recipe Recipe => shop.Recipe;
    private AnswersRecipe Answers => Recipe.Labels.Answers!;

    /// <summary>Student and baseline share it: same first weights.</summary>
    private Seed SeedOfStudent => new Seed(Recipe.Seed).Derive("student");

    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in data.Warnings) shop.Record.Warn(warning);
        if (Recipe.Teacher.Members[0].Chat is not { } chat) Verify(data);
        else
        {
            var asked = new AskedTexts(data, chat, Recipe.Labels, Path.Combine(shop.Run.Root, "asked"), shop.Progress, shop.Time)
                .Ask(Untuned(), cancellation);
            foreach (var (name, text) in asked.Notes) shop.Record.Note(name, text);
            shop.Run.WriteText(FiguresOfTeacher, asked.Figures.ToJson());
            var said = asked.Test.Select(AskedTexts.TextOf);
            shop.Run.WriteText(AnswersOfTest, JsonSerializer.Serialize(said.Select(text =>
                text is not null && data.RecordedFrom is not null ? Trace.Of(text)?.Said ?? text : text)));
            if (data.RecordedFrom is { } recorded)
                Verify(data with
                {
                    Recorded = recorded([.. asked.Train.Select(AskedTexts.TextOf).Chunk(Answers.PerPrompt)
                        .Select(some => (IReadOnlyList<string>)[.. some.OfType<string>()])]),
                });
            else
                foreach (var (name, text) in AskedLabels.Write(asked.Train, shop.Run.Labels)) shop.Record.Note(name, text);
        }
    }

    public void Train(CancellationToken cancellation)
    {
        var (documents, note) = Texts.Read(shop.Run.Labels);
        shop.Record.Note("texts that are learnt", Recipe.Labels.StoresTokens ? $"{documents.Count:N0} answers that fit into the context" : note);
        using var stored = Recipe.Labels.StoresTokens ? AskedLabels.Open(shop.Run.Labels, documents) : null;
        foreach (var lifted in stored?.Lifted ?? []) shop.Record.Warn(lifted);
        var training = Recipe.Student.Training;
        var (batches, lesson) = Lessons(documents);
        var student = Of("student", shop.Run.Student, training, Recipe.Student.Objective) with
        {
            Tokens = new TokenLessons(documents)
            {
                Batches = batches is null ? null : _ => batches, Lesson = lesson, Labels = stored,
            },
        };
        Fitting(data.OfThoughts).Run(student, cancellation);
        var updates = (batches?.StepsPerEpoch ?? Packed(documents, training)) * (double)training.Epochs;
        var truths = data.Train.Documents;
        var baseline = Of("baseline", shop.Run.Baseline, Recipe.Baseline.Training,
            [ObjectiveRecipe.HardLabel(Recipe.Baseline.Training.LabelSmoothing)]) with
        {
            Tokens = new TokenLessons(truths),
            StepShare = updates / ((double)Packed(truths, Recipe.Baseline.Training) * Recipe.Baseline.Training.Epochs),
        };
        shop.Record.Note("baseline", $"{(data.RecordedFrom is null ? "the data's own answers" : "the right answers without a thought")}, for as many updates as the student; "
            + new BaselineSearch(Fitting(data.Validation), shop.Run.Checkpoints).Run(baseline, Recipe.Baseline, cancellation));
    }

    public EvaluationOutcome Eval(CancellationToken cancellation)
    {
        var heard = shop.Run.TryReadText(AnswersOfTest) is not { } asked ? data
            : data with { RecordedOfTest = JsonSerializer.Deserialize<string?[]>(asked)! };
        var arms = new SpokenArms(shop, heard, SeedOfStudent, UntunedFolder);
        var figures = AskedFigures.Of(shop.Run.TryReadText(FiguresOfTeacher));
        return new SpokenExamination(shop, heard, SeedOfStudent, arms, figures).Run(cancellation);
    }

    public void Export() => LanguageStudentExport.Write(shop.Run.Student, shop.Run.Export, Recipe.Name, Recipe.Export, data, shop.Device);

    /// <summary>What the teacher said to the test part's prompts.</summary>
    private string AnswersOfTest => Path.Combine(shop.Run.Root, "asked", "test.json");

    /// <summary>What it cost to ask it, and how long it took.</summary>
    private string FiguresOfTeacher => Path.Combine(shop.Run.Root, "asked", "teacher.json");

    /// <summary>The model that the student begins as; null = it is made of drawn numbers.</summary>
    private string? UntunedFolder => Recipe.Student.Model.From is { } from ? LanguageStages.FolderOf(from, recipeFolder) : null;

    private TeacherTexts Texts => new(data, Answers, new Seed(Recipe.Seed), shop.Progress);

    private AskedLabels AskedLabels => new(Recipe, data, Texts, Recipe.Teacher.Members[0].Chat is { } chat ? $"{chat.Model} at {chat.Endpoint}" : "");

    private void Verify(TextData written) =>
        shop.Record.Note("texts of the teacher", new RecordedTexts(written, Answers).Write(shop.Run.Labels));

    /// <summary>Which of the graded questions a student that is there answers rightly; null = it is made of drawn numbers.</summary>
    private bool[]? Untuned()
    {
        var sample = Recipe.Teacher.Members[0].Chat!.CheckOn;
        if (sample == 0 || data.Check is null || UntunedFolder is not { } folder) return null;
        using var student = LanguageCheckpoint.Load(folder, shop.Device);
        var graded = data.Validation with { Documents = [.. data.Validation.Documents.Take(sample)] };
        var answers = new RightAnswers(data with { Test = graded }, SeedOfStudent);
        return answers.AreRight(answers.Of(student.Model));
    }

    /// <summary>Two tasks share a batch, each with a loss of its own: (1 − share)·answers + share·thoughts.</summary>
    private (IBatchSource? Batches, ILesson? Lesson) Lessons(IReadOnlyList<TextDocument> documents)
    {
        if (Recipe.Data.Thought != "task") return (null, null);
        TextDocument[] answers = [.. documents.Where(document => document.Group == 0)],
            thoughts = [.. documents.Where(document => document.Group == 1)];
        if (answers.Length == 0 || thoughts.Length == 0)
            throw new RunFailedException(shop.Run.Labels, $"holds {answers.Length} answers and {thoughts.Length} thoughts to learn from.",
                "at least one of each.", "raise data.contextLength, or take more rows.");
        var batches = new TwoTaskBatches(answers, thoughts, data.ContextLength, Recipe.Student.Training.BatchSize, SeedOfStudent);
        var share = ObjectiveBuilder.ScheduleOf(Answers.ThoughtShare, batches.StepsPerEpoch * (long)Recipe.Student.Training.Epochs);
        return (batches, new TokenLesson(null, 2, data.Tokenizer.Tokenizer.Size)
        {
            ShareOf = (update, part) => part == 0 ? 1 - share.At(update) : share.At(update),
        });
    }

    private int Packed(IReadOnlyList<TextDocument> documents, TrainingRecipe training) =>
        new TokenBatches(documents, data.ContextLength, training.BatchSize, SeedOfStudent).StepsPerEpoch;

    private LanguageFitting Fitting(TextPart validation) =>
        new(shop.Device, data with { Validation = validation }, shop.Events, shop.Progress, shop.Time);

    private Fit Of(string name, string folder, TrainingRecipe training, IReadOnlyList<ObjectiveRecipe> objective) =>
        new(name, "train", Recipe.Student.Model, training, objective, [], null, SeedOfStudent, folder,
            Path.Combine(shop.Run.Checkpoints, name + ".safetensors"))
        {
            Initial = Recipe.Student.Initial, Lora = Recipe.Student.Lora, Note = shop.Record.Note, Warn = shop.Record.Warn,
            InitialFolder = UntunedFolder ?? "",
        };
}
