using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Evaluation.Language;
using Retort.Export;
using Retort.Grading.Similarity;
using Retort.Labels;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tensors;
using Retort.Training;

namespace Retort;

/// <summary>
/// Label, train, eval and export where the teacher judges: the student answers prompts, the teacher says which answers are better, they are
/// learnt, and the next round begins with what has become of the student. Before the rounds it has learnt the data's own answers, or is
/// there already.
/// </summary>
internal sealed class JudgedStages(Workshop shop, TextData data, string recipeFolder) : IStages
{
    /// <summary>Of the first round's different pairs of words, what later answers must keep.</summary>
    private const double LeastDistinct = 0.7;
    private const string Before = "the student before the rounds", Alone = "the student without a judge";

    private readonly LanguageFitting _fitting = new(shop.Device, data, shop.Events, shop.Progress, shop.Time);

    public bool LabelsAreWhole => LanguageCheckpoint.Exists(StudentOf(0)) && AnswerFile.IsWhole(LabelsOf(1))
        && shop.Run.TryReadText(Path.Combine(LabelsOf(1), JudgedRound.Pairs)) is not null;

    private Recipe Recipe => shop.Recipe;
    private RoundsRecipe Rounds => Recipe.Student.Rounds!;
    private Seed SeedOfStudent => new Seed(Recipe.Seed).Derive("student");
    private Seed SeedOfRounds => new Seed(Recipe.Seed).Derive("rounds");

    private AskedJudge? Teacher => Rounds.Judge.AsksNobody ? null
        : new(Recipe.Teacher.Members[0].Chat!, Rounds.Judge, Path.Combine(shop.Run.Root, "asked"), shop.Progress, shop.Time);

    private AnswerJudge Judge => new(Rounds.Judge, Teacher, SeedOfRounds.Derive("order"));

    /// <summary>The student begins, its judge is looked at, and its first answers are judged.</summary>
    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in data.Warnings) shop.Record.Warn(warning);
        if (Recipe.Student.Model.From is null && !LanguageCheckpoint.Exists(StudentOf(0)))
            _fitting.Run(new Fit("round-0", "label", Recipe.Student.Model, Recipe.Student.Training,
                [ObjectiveRecipe.HardLabel(Recipe.Student.Training.LabelSmoothing)], [], null, SeedOfStudent, StudentOf(0), Checkpoint(0))
            {
                Tokens = new TokenLessons(data.Train.Documents), Note = shop.Record.Note,
            }, cancellation);
        if (!Rounds.Judge.AsksNobody && Recipe.Teacher.Members[0].Chat!.CheckOn is > 0 and var many) CheckJudge(many, cancellation);
        Judged(1, cancellation);
    }

    public void Train(CancellationToken cancellation)
    {
        var (updates, first) = (0.0, 1.0);
        for (var round = 1; round <= Rounds.Count; round++)
        {
            var (judged, made) = Judged(round, cancellation);
            var unlike = JudgedRound.DistinctOf([.. judged.Select(prompt => prompt.Answers)]);
            if (round == 1) first = unlike;
            else if (unlike < LeastDistinct * first)
                shop.Record.Warn(FormattableString.Invariant($"round {round}: {100 * unlike:0.0} % of all pairs of words in the answers are different ones, {100 * first:0.0} % in the first round: the student begins to say always the same."));
            updates += Learn(round, made, judged, cancellation);
        }
        ModelCheckpoint.Copy(StudentOf(Rounds.Count), shop.Run.Student);
        var batches = new TokenBatches(data.Train.Documents, data.ContextLength, Recipe.Baseline.Training.BatchSize, SeedOfStudent);
        var baseline = After(0, "baseline", Recipe.Baseline.Training, [ObjectiveRecipe.HardLabel(Recipe.Baseline.Training.LabelSmoothing)],
            shop.Run.Baseline, new TokenLessons(data.Train.Documents)) with
        {
            StepShare = updates / ((double)batches.StepsPerEpoch * Recipe.Baseline.Training.Epochs),
        };
        shop.Record.Note("baseline", "the student before the rounds on the data's own answers, for as many updates as all rounds; "
            + new BaselineSearch(_fitting, shop.Run.Checkpoints).Run(baseline, Recipe.Baseline, cancellation));
    }

    public EvaluationOutcome Eval(CancellationToken cancellation)
    {
        var compared = Compared(cancellation);
        shop.Record.Note("teacher", "it judges and answers nothing: in its column stands the student before the rounds");
        if (Teacher is { } asked) shop.Record.Note("asking", asked.Spent());
        foreach (var rate in compared.WinRates) shop.Record.Note($"judged: {rate.Student} against {rate.Against}", rate.Text);
        return new LanguageExamination(shop, data, StudentOf(0), SeedOfStudent) { TeacherName = Before, Judged = compared }
            .Run(cancellation);
    }

    public void Export() => LanguageStudentExport.Write(shop.Run.Student, shop.Run.Export, Recipe.Name, Recipe.Export, data, shop.Device);

    /// <summary>The student after a round; 0 = before the first.</summary>
    private string StudentOf(int round) => round == 0 && Recipe.Student.Model.From is { } from ? LanguageStages.FolderOf(from, recipeFolder)
        : Path.Combine(shop.Run.Root, "rounds", $"{round}");

    private string LabelsOf(int round) => Path.Combine(shop.Run.Labels, $"round-{round}");
    private string Checkpoint(int round) => Path.Combine(shop.Run.Checkpoints, $"round-{round}.safetensors");

    /// <summary>The answers of a round, and what the judge thinks of them: whatever is there already is taken as it is.</summary>
    private (IReadOnlyList<JudgedAnswers> Judged, JudgedRound Round) Judged(int round, CancellationToken cancellation)
    {
        var made = new JudgedRound(data, JudgedRound.PromptsOf(data, Rounds).Asked, Rounds, SeedOfRounds.Derive($"round-{round}"), shop.Progress);
        using var student = LanguageCheckpoint.Load(StudentOf(round - 1), shop.Device);
        var judged = Judge.Judge(made.Write(student.Model, LabelsOf(round), cancellation), cancellation);
        JudgedRound.Keep(judged, LabelsOf(round));
        shop.Record.Note($"round {round}", JudgedRound.Sentence(judged));
        return (judged, made);
    }

    /// <returns>Updates.</returns>
    private double Learn(int round, JudgedRound made, IReadOnlyList<JudgedAnswers> judged, CancellationToken cancellation)
    {
        var needs = Catalog.Objective(Recipe.Student.Objective[0].Name, "objective").Needs;
        var all = needs == Needs.Pairs ? made.Preferred(judged) : [];
        List<TextPair> pairs = [.. all.Where(pair => pair.Tokens <= data.ContextLength)];
        if (pairs.Count < all.Count)
            shop.Record.Warn($"round {round}: {all.Count - pairs.Count} of {all.Count} pairs do not fit into data.contextLength, {data.ContextLength}, both answers with their prompts in one row: they are left out.");
        var documents = needs switch
        {
            Needs.Pairs => [.. pairs.Select(pair => pair.Preferred)],
            Needs.Ranked => made.Ranked(judged),
            _ => made.Best(judged),
        };
        if (documents.Count == 0)
            throw new RunFailedException($"round {round}", $"nothing is left to learn: {JudgedRound.Sentence(judged)}.", "answers that the judge finds better than others.",
                "ask for more answers to a prompt (student.rounds.answers), lower student.rounds.accept, or begin with a better student.");
        shop.Record.Note($"round {round}, learnt", needs == Needs.Pairs ? $"{pairs.Count:N0} pairs" : $"{documents.Count:N0} answers");
        IBatchSource Batches(Fit fit) => needs == Needs.Pairs ? new PairBatches(pairs, data.ContextLength, fit.Training.BatchSize, fit.Seed)
            : new TokenBatches(documents, data.ContextLength, fit.Training.BatchSize, fit.Seed);
        using var reference = (needs & (Needs.Pairs | Needs.Ranked)) != 0 && !LanguageCheckpoint.Exists(StudentOf(round))
            ? TextTeacher.Open(StudentOf(round - 1), data, shop.Device) : null;
        var fit = After(round - 1, $"round-{round}", Rounds.Training, Recipe.Student.Objective, StudentOf(round), new TokenLessons(documents, reference)
        {
            Batches = Batches,
        });
        if (!LanguageCheckpoint.Exists(StudentOf(round))) _fitting.Run(fit, cancellation);
        return (double)Batches(fit).StepsPerEpoch * Rounds.Training.Epochs;
    }

    /// <summary>The student of a round goes on.</summary>
    private Fit After(int round, string name, TrainingRecipe training, IReadOnlyList<ObjectiveRecipe> objective, string folder,
        TokenLessons lessons) =>
        new(name, "train", new ModelRecipe { Kind = "gpt", From = StudentOf(round), Heads = 0 }, training, objective, [], null,
            SeedOfStudent.Derive(name), folder, Path.Combine(shop.Run.Checkpoints, name + ".safetensors"))
        {
            Tokens = lessons, InitialFolder = StudentOf(round), Lora = Recipe.Student.Lora,
            Note = shop.Record.Note, Warn = shop.Record.Warn,
        };

    /// <summary>Before everything is paid for: who finds the student's answers better than the data's own judges something else.</summary>
    private void CheckJudge(int many, CancellationToken cancellation)
    {
        var asked = new TextPart([.. data.Validation.Documents.DistinctBy(document => string.Join(' ', document.Prompt)).Take(many)], []);
        var round = new JudgedRound(data, asked, Rounds with { Answers = 1 }, SeedOfRounds.Derive("judge check"), shop.Progress);
        using var student = LanguageCheckpoint.Load(StudentOf(0), shop.Device);
        var answers = round.Write(student.Model, Path.Combine(shop.Run.Labels, "judge-check"), cancellation);
        var own = answers.Select(answer => answer[0] with
        {
            Text = data.Tokenizer.Tokenizer.Decode(asked.Documents[answer[0].Row].Answer
                .Where(token => !data.Tokenizer.Ends.Contains(token))),
            Ended = true, Right = true,
        });
        var outcomes = Judge.Compare([.. own.Zip(answers, (data, student) => (data, student[0]))], cancellation);
        if (Rate("the data's own answers", Before, [.. outcomes.Select(outcome => (IReadOnlyList<double?>)[outcome])]) is not { } rate) return;
        shop.Record.Note("judge check", rate.Text);
        if (rate.Interval.High < 0.5)
            throw new RunFailedException("judge check", rate.Text + ".", "a judge that does not find the student's answers better than the data's own.",
                "read student.rounds.judge.question again, ask another judge, or write teacher.chat.checkOn: 0 where the data's answers are poor; what was paid for is kept.");
        if (rate.Interval.Low <= 0.5)
            shop.Record.Warn($"the judge cannot tell the data's own answers from the student's: {rate.Text}.");
    }

    /// <summary>All students answer the held-out prompts, with the same draws; each is held against the one before the rounds.</summary>
    private JudgedComparison Compared(CancellationToken cancellation)
    {
        var held = JudgedRound.PromptsOf(data, Rounds).Held;
        List<(string Name, string Folder)> students = [.. Enumerable.Range(0, Rounds.Count + 1)
            .Select(round => (round == 0 ? Before : $"the student after round {round}", StudentOf(round))), (Alone, shop.Run.Baseline)];
        var said = students.Select((student, i) =>
        {
            var round = new JudgedRound(data, held, Rounds with { Answers = Rounds.HeldOut }, SeedOfRounds.Derive("held-out"), shop.Progress);
            using var model = LanguageCheckpoint.Load(student.Folder, shop.Device);
            return round.Write(model.Model, Path.Combine(shop.Run.Labels, "held-out", $"{i}"), cancellation);
        }).ToList();
        var rates = Enumerable.Range(1, students.Count - 1).Select(i => Against(i, 0))
            .Append(Against(students.Count - 2, students.Count - 1));
        return new JudgedComparison(Teacher is null ? "the data's check" : $"{Recipe.Teacher.Members[0].Chat!.Model} by {Rounds.Judge.By}",
            [.. students.Select((student, i) => new JudgedStudent(student.Name,
                data.Check is null ? null : said[i].SelectMany(answers => answers).Average(answer => answer.Right == true ? 1.0 : 0),
                JudgedRound.DistinctOf(said[i]), Rounds.HeldOut < 2 ? null : Diversity.SelfBleu(said[i].Select(Texts))))],
            [.. rates.OfType<WinRate>()]);

        WinRate? Against(int one, int other)
        {
            var outcomes = Judge.Compare([.. said[one].SelectMany(answers => answers).Zip(said[other].SelectMany(answers => answers))],
                cancellation);
            return Rate(students[one].Name, students[other].Name, [.. outcomes.Chunk(Rounds.HeldOut)]);
        }
    }

    private static IReadOnlyList<string> Texts(IReadOnlyList<WrittenAnswer> answers) => [.. answers.Select(answer => answer.Text)];

    private WinRate? Rate(string one, string other, IReadOnlyList<IReadOnlyList<double?>> outcomes) =>
        WinRate.Of(one, other, outcomes, Recipe.Evaluation.Resamples, new Seed(Recipe.Seed).Derive("bootstrap").Value);
}
