using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort.Comparisons;

/// <summary>
/// One seed of a comparison. The run folder is that of an ordinary run: teacher, labels, the recipe's own student and the student
/// without a teacher. Contenders learn from the same labels, from the same first weights, on the same batches.
/// </summary>
internal sealed class SeedContest : IDisposable
{
    private readonly Recipe _recipe;
    private readonly RunFolder _run;
    private readonly DataSplits _data;
    private readonly CpuDevice _device;
    private readonly EventLog _events;
    private readonly Fitting _fitting;
    private readonly Fits _fits;
    private readonly ITeacher _teacher;
    private readonly IProgress<StageProgress> _progress;
    private Predictions? _taught, _independent;

    private SeedContest(Recipe recipe, DataSplits data, RunFolder run, IProgress<StageProgress> progress, TimeProvider time)
    {
        (_recipe, _run, _data, _progress) = (recipe, run, data, progress);
        run.Folder(Path.Combine(run.Root, "contenders"));
        _device = new CpuDevice(recipe.Threads);
        _events = EventLog.Open(run.Events, time, TensorBoardWriter.Create(run.Root, time));
        _fitting = new Fitting(_device, data, _events, progress);
        _fits = new Fits(recipe, run, data, new RunRecord(recipe, run, data.Hash, _device, time), _device);
        _teacher = Teachers.Load(_fits.TeacherFolders());
    }

    /// <summary>Walks the first stages of the run, then takes its folder.</summary>
    /// <param name="recipe">With this seed.</param>
    /// <param name="recipeFolder">Where its relative paths begin.</param>
    /// <param name="folder">The run folder; a run that stands there goes on.</param>
    /// <param name="stages">Which stages are needed.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="time">For times.</param>
    public static SeedContest Open(Recipe recipe, string recipeFolder, string folder, Action<Distillation> stages,
        IProgress<StageProgress> progress, TimeProvider time)
    {
        using (var path = Distillation.Open(recipe, recipeFolder, folder, resume: true, progress, time)) stages(path);
        var run = RunFolder.Open(folder, resume: true);
        try
        {
            return new SeedContest(recipe, DatasetReader.Read(recipe.Data, recipeFolder, recipe.Seed), run, progress, time);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Trains a contender, unless that was done, and says how it does on the validation part.</summary>
    public (double Accuracy, double Loss) Fit(Contender contender, CancellationToken cancellation)
    {
        var result = $"{NameOf(contender)}.validation.json";
        if (_run.TryReadText(result) is { } known) return Read(known);
        var recipe = With(contender);
        using var answers = TeacherAnswers.Open(recipe, _run.Labels, LabelIdentity.Of(recipe, _data.Train, _teacher),
            _fits.TeachersInTurn, Teachers.LoadMembers);
        var outcome = _fitting.Run(_fits.Student(answers.Stored, answers.Live) with
        {
            Name = $"{contender.Name}, seed {_recipe.Seed}",
            Objective = contender.Objective,
            Folder = Path.Combine(_run.Root, NameOf(contender)),
            Checkpoint = Path.Combine(_run.Root, NameOf(contender) + ".checkpoint.safetensors"),
            Note = null,
            Warn = null,
        }, cancellation);
        _run.WriteText(result, JsonSerializer.Serialize(new[] { outcome.Score, outcome.Loss }));
        return outcome;
    }

    /// <summary>Trains a contender if need be and looks at the test part.</summary>
    public SeedOutcome Examine(Contender contender, CancellationToken cancellation)
    {
        var file = $"{NameOf(contender)}.json";
        if (_run.TryReadText(file) is { } known) return SeedOutcome.FromJson(known);
        var (validation, _) = Fit(contender, cancellation);
        return Kept(file, Outcome(Path.Combine(_run.Root, NameOf(contender)), validation, cancellation));
    }

    /// <summary>The student without a teacher, which the run itself has trained.</summary>
    public SeedOutcome ExamineAlone(CancellationToken cancellation)
    {
        const string File = "contenders/alone.json";
        if (_run.TryReadText(File) is { } known) return SeedOutcome.FromJson(known);
        var (module, _) = ModelCheckpoint.Load(_run.Baseline, _device);
        using (module)
        {
            var (validation, _) = Validation.Measure(Predictor.Logits(module, _data.Validation, _device), _data.Validation);
            return Kept(File, Outcome(_run.Baseline, validation, cancellation));
        }
    }

    /// <summary>Accuracy of the teacher on the test part.</summary>
    public double TeacherAccuracy => Accuracy.Of(Taught, _data.Test.Labels);

    private SeedOutcome Outcome(string folder, double validation, CancellationToken cancellation)
    {
        var (module, _) = ModelCheckpoint.Load(folder, _device);
        using (module)
        {
            var labels = _data.Test.Labels;
            var said = new Predictions("student", _data.Test.Classes, Predictor.Logits(module, _data.Test, _device));
            var flips = Flips.Of(Taught, said, labels);
            var right = Accuracy.PerExample(said, labels);
            var worst = Enumerable.Range(0, labels.Length).GroupBy(i => labels[i], i => right[i]).Min(group => group.Average());
            return new SeedOutcome(validation, Accuracy.Of(said, labels), NegativeLogLikelihood.Of(said, labels),
                Agreement.Of(Taught, said),
                Independent(cancellation) is { } other ? Agreement.Of(other, said) : null, flips.Lost, flips.Gained, worst);
        }
    }

    private Predictions Taught => _taught ??= new Predictions("teacher", _data.Test.Classes, TeacherCheck.Answers(_teacher, _data.Test));

    /// <summary>A teacher of the same recipe from another seed: agreement with it is what models share without being taught.</summary>
    private Predictions? Independent(CancellationToken cancellation)
    {
        if (_independent is not null || _recipe.Teacher.Members is not [{ Source: "train" } member]) return _independent;
        var fit = _fits.Teacher(member, 0);
        fit = fit with
        {
            Name = $"independent teacher, seed {_recipe.Seed}",
            Seed = fit.Seed.Derive("independent"),
            Folder = Path.Combine(_run.Root, "contenders", "independent-teacher"),
            Checkpoint = Path.Combine(_run.Root, "contenders", "independent-teacher.checkpoint.safetensors"),
        };
        if (!ModelCheckpoint.Exists(fit.Folder)) new Fitting(_device, _data.Teacher ?? _data, _events, _progress).Run(fit, cancellation);
        var (module, _) = ModelCheckpoint.Load(fit.Folder, _device);
        using (module)
            return _independent = new Predictions("independent", _data.Test.Classes,
                Predictor.Logits(module, _data.Test.ForTeacher, _device));
    }

    private SeedOutcome Kept(string file, SeedOutcome outcome)
    {
        _run.WriteText(file, outcome.ToJson());
        return outcome;
    }

    private TeacherLoader Teachers => _fits.TeachersOn(_device);

    /// <summary>Another T or weight is another student: what is finished is found by its objective too.</summary>
    private string NameOf(Contender contender)
    {
        var hash = RecipeWriter.Hash(With(contender));
        return $"contenders/{contender.Name.Replace(' ', '-').Replace(':', '-')}-{hash[..8]}";
    }

    private Recipe With(Contender contender) => _recipe with { Student = _recipe.Student with { Objective = contender.Objective } };

    private static (double Accuracy, double Loss) Read(string text) =>
        JsonSerializer.Deserialize<double[]>(text) is [var accuracy, var loss] ? (accuracy, loss) : default;

    public void Dispose()
    {
        using (_run)
        using (_device)
        using (_teacher)
            _events.Dispose();
    }
}
