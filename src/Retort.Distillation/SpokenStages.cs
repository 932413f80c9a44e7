using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Evaluation;
using Retort.Export;
using Retort.Judging.Arms;
using Retort.Labels;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Training;

namespace Retort;

/// <summary>
/// Label, train, eval and export where the teacher is not here and all there is of it is what it said. Its texts are verified, the student
/// learns those that are right, and the same student learns the right answers alone, for as many updates; or, where it answers prompts of
/// plain texts, its answers are learnt with what it thought of each token, and the same student learns the data's own answers.
/// </summary>
internal sealed class SpokenStages(Workshop shop, TextData texts, string recipeFolder) : IStages
{
    private readonly TextData _data = new TeacherRoutes(shop.Recipe.Teacher.Members).Recorded(texts);

    public bool LabelsAreWhole => AnswerFile.IsWhole(shop.Run.Labels)
        && (!Recipe.Labels.StoresTokens || LabelManifest.IsWhole(shop.Run.Labels));

    private Recipe Recipe => shop.Recipe;
    private AnswersRecipe Answers => Recipe.Labels.Answers!;

    /// <summary>Student and baseline share it: same first weights.</summary>
    private Seed SeedOfStudent => new Seed(Recipe.Seed).Derive("student");

    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in _data.Warnings) shop.Record.Warn(warning);
        if (new TeacherRoutes(Recipe.Teacher.Members).Describe(_data.FieldsOfTrain) is { } shares) shop.Record.Note("teachers", shares);
        if (Recipe.Teacher.Members[0].Chat is null) Verify(_data, default, cancellation);
        else
        {
            var (said, spent) = Asked(cancellation);
            if (_data.RecordedFrom is not { } recorded)
                foreach (var (name, text) in AskedLabels.Write(said, shop.Run.Labels)) shop.Record.Note(name, text);
            else
                Verify(_data with
                {
                    Recorded = recorded([.. said.Select(ChatOrder.TextOf).Chunk(Answers.PerPrompt)
                        .Select(some => (IReadOnlyList<string>)[.. some.OfType<string>()])]),
                }, spent, cancellation);
        }
        if (_data.Check is { Ungraded.Length: > 0 } check)
            shop.Record.Warn($"Some texts could not be graded and count neither as right nor as wrong: {check.Ungraded}.");
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
        Fitting(_data.OfThoughts).Run(student, cancellation);
        var updates = (batches?.StepsPerEpoch ?? Packed(documents, training)) * (double)training.Epochs;
        var truths = _data.Train.Documents;
        var baseline = Of("baseline", shop.Run.Baseline, Recipe.Baseline.Training,
            [ObjectiveRecipe.HardLabel(Recipe.Baseline.Training.LabelSmoothing)]) with
        {
            Tokens = new TokenLessons(truths),
            StepShare = updates / ((double)Packed(truths, Recipe.Baseline.Training) * Recipe.Baseline.Training.Epochs),
        };
        var learnt = _data.RecordedFrom is null ? "the data's own answers" : "the right answers without a thought";
        shop.Record.Note("baseline", $"{learnt}, for as many updates as the student; "
            + new BaselineSearch(Fitting(_data.Validation), shop.Run.Checkpoints).Run(baseline, Recipe.Baseline, cancellation));
    }

    public EvaluationOutcome Eval(CancellationToken cancellation)
    {
        var heard = shop.Run.TryReadText(AnswersOfTest) is not { } asked ? _data
            : _data with { RecordedOfTest = JsonSerializer.Deserialize<string?[]>(asked)! };
        var arms = new SpokenArms(shop, heard, SeedOfStudent, UntunedFolder);
        var figures = AskedFigures.Of(shop.Run.TryReadText(FiguresOfTeacher));
        return new SpokenExamination(shop, heard, SeedOfStudent, arms, figures).Run(cancellation);
    }

    public void Export() => LanguageStudentExport.Write(shop.Run.Student, shop.Run.Export, Recipe.Name, Recipe.Export, _data, shop.Device);

    /// <summary>What the teacher said to the test part's prompts.</summary>
    private string AnswersOfTest => Path.Combine(shop.Run.Root, "asked", "test.json");

    /// <summary>What it cost to ask them, and how long it took.</summary>
    private string FiguresOfTeacher => Path.Combine(shop.Run.Root, "asked", "teacher.json");

    /// <summary>The model that the student begins as; null = it is made of drawn numbers.</summary>
    private string? UntunedFolder => Recipe.Student.Model.From is { } from ? LanguageStages.FolderOf(from, recipeFolder) : null;

    private TeacherTexts Texts => new(_data, Answers, new Seed(Recipe.Seed), shop.Progress);

    private AskedLabels AskedLabels =>
        new(Recipe, _data, Texts, Recipe.Teacher.Members[0].Chat is { } chat ? $"{chat.Model} at {chat.Endpoint}" : "");

    /// <param name="written">With what its teacher wrote about each prompt.</param>
    /// <param name="spent">On writing it, of the same caps.</param>
    /// <param name="cancellation">Stops asking for texts that are written again.</param>
    private void Verify(TextData written, Spend spent, CancellationToken cancellation)
    {
        var rewriter = Answers.Rewriter ?? Recipe.Teacher.Members[0].Chat;
        var rewriting = Answers.Rewrite.Length == 0 ? null : new RewrittenTexts(written, Answers, rewriter!,
            Path.Combine(shop.Run.Root, "rewritten"), Answers.Rewriter is null ? spent : default, shop.Progress, shop.Time);
        shop.Record.Note("texts of the teacher", new RecordedTexts(written, Answers).Write(shop.Run.Labels,
            rewriting is null ? null : answers => rewriting.Of(answers, cancellation)));
        if (rewriting is not null) shop.Record.Note("rewriting", rewriting.Note);
    }

    /// <summary>Each teacher about its own rows, with a budget of its own.</summary>
    /// <returns>[prompts · answers to each]</returns>
    private (IReadOnlyList<ChatAnswer?> Said, Spend Spent) Asked(CancellationToken cancellation)
    {
        var (members, folder) = (Recipe.Teacher.Members, Path.Combine(shop.Run.Root, "asked"));
        var routes = new TeacherRoutes(members);
        var answers = new ChatAnswer?[_data.PromptsOfTrain.Count * Answers.PerPrompt];
        var (ofTest, spent, accepted, milliseconds) = (new string?[_data.PromptsOfTest.Count], default(Spend), 0, new List<double>());
        foreach (var (i, member) in members.Index())
        {
            var (part, own) = (routes.Part(_data, i), members.Count == 1 ? folder : Path.Combine(folder, $"{i}"));
            var asked = new AskedTexts(part, member.Chat!, Recipe.Labels, own, shop.Progress, shop.Time)
                .Ask(Untuned(part, member.Chat!.CheckOn), cancellation);
            foreach (var (name, text) in asked.Notes)
                shop.Record.Note(members.Count == 1 ? name : $"{name}, {TeacherRoutes.NameOf(member)}", text);
            var (rows, tested) = (routes.RowsOf(i, _data.FieldsOfTrain, _data.PromptsOfTrain.Count),
                routes.RowsOf(i, _data.FieldsOfTest, _data.PromptsOfTest.Count));
            foreach (var (row, texts) in rows.Zip(asked.Train.Chunk(Answers.PerPrompt)))
                texts.CopyTo(answers, row * Answers.PerPrompt);
            foreach (var (row, said) in tested.Zip(asked.Test)) ofTest[row] = Final(ChatOrder.TextOf(said));
            (spent, accepted) = (spent + asked.Spent, accepted + asked.Accepted);
            milliseconds.AddRange(asked.Milliseconds);
        }
        shop.Run.WriteText(AnswersOfTest, JsonSerializer.Serialize(ofTest));
        shop.Run.WriteText(FiguresOfTeacher, new AskedFigures((double)spent.Dollars, accepted,
            RequestFigures.Of(milliseconds.Select(taken => (double?)taken))).ToJson());
        return (answers, spent);
    }

    /// <summary>Without the thought, where there are thoughts.</summary>
    private string? Final(string? text) => text is not null && _data.RecordedFrom is not null ? Trace.Of(text)?.Said ?? text : text;

    /// <summary>Which of the graded questions a student that is there answers rightly; null = it is made of drawn numbers.</summary>
    private bool[]? Untuned(TextData part, int sample)
    {
        if (sample == 0 || part.Check is null || UntunedFolder is not { } folder) return null;
        using var student = LanguageCheckpoint.Load(folder, shop.Device);
        var graded = part.Validation with { Documents = [.. part.Validation.Documents.Take(sample)] };
        var answers = new RightAnswers(part with { Test = graded }, SeedOfStudent);
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
        var batches = new TwoTaskBatches(answers, thoughts, _data.ContextLength, Recipe.Student.Training.BatchSize, SeedOfStudent);
        var share = ObjectiveBuilder.ScheduleOf(Answers.ThoughtShare, batches.StepsPerEpoch * (long)Recipe.Student.Training.Epochs);
        return (batches, new TokenLesson(null, 2, _data.Tokenizer.Tokenizer.Size)
        {
            ShareOf = (update, part) => part == 0 ? 1 - share.At(update) : share.At(update),
        });
    }

    private int Packed(IReadOnlyList<TextDocument> documents, TrainingRecipe training) =>
        new TokenBatches(documents, _data.ContextLength, training.BatchSize, SeedOfStudent).StepsPerEpoch;

    private LanguageFitting Fitting(TextPart validation) =>
        new(shop.Device, _data with { Validation = validation }, shop.Events, shop.Progress, shop.Time);

    private Fit Of(string name, string folder, TrainingRecipe training, IReadOnlyList<ObjectiveRecipe> objective) =>
        new(name, "train", Recipe.Student.Model, training, objective, [], null, SeedOfStudent, folder,
            Path.Combine(shop.Run.Checkpoints, name + ".safetensors"))
        {
            Initial = Recipe.Student.Initial, Lora = Recipe.Student.Lora, Note = shop.Record.Note, Warn = shop.Record.Warn,
            InitialFolder = UntunedFolder ?? "",
        };
}
