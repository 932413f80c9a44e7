using Retort.Checkpoints;
using Retort.Data;
using Retort.Evaluation;
using Retort.Export;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Teachers;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort;

/// <summary>
/// START HERE. The path from a teacher to a student: label → train → eval → export. Each stage reads and writes files of the run
/// folder, so any of them can be run again, inspected, or replaced by another tool.
/// </summary>
public sealed class Distillation : IDisposable
{
    private readonly Recipe _recipe;
    private readonly RunFolder _run;
    private readonly CpuDevice _device;
    private readonly DataSplits _data;
    private readonly EventLog _events;
    private readonly IProgress<StageProgress> _progress;
    private readonly Fitting _fitting;
    private readonly TimeProvider _time;
    private readonly RunRecord _record;
    private readonly Fits _fits;

    private Distillation(Recipe recipe, RunFolder run, DataSplits data, IProgress<StageProgress> progress, TimeProvider time)
    {
        (_recipe, _run, _data, _progress, _time) = (recipe, run, data, progress, time);
        _device = new CpuDevice(recipe.Threads);
        _events = EventLog.Open(run.Events, time, TensorBoardWriter.Create(run.Root, time));
        _fitting = new Fitting(_device, data, _events, progress);
        _record = new RunRecord(recipe, run, data, _device, time);
        _fits = new Fits(recipe, run, data, _record, _device);
    }

    /// <summary>What the user should know, in the order it was found; what an earlier process found is in it.</summary>
    public IReadOnlyList<string> Warnings => _record.Warnings;

    /// <summary>Reads the data and takes the run folder; a second living run in it is refused.</summary>
    public static Distillation Open(Recipe recipe, string recipeFolder, string outputFolder, bool resume, IProgress<StageProgress> progress,
        TimeProvider time)
    {
        var data = DatasetReader.Read(recipe.Data, recipeFolder, recipe.Seed);
        var run = RunFolder.Open(outputFolder, resume);
        try
        {
            run.Folder(run.Checkpoints);
            ObjectiveCheck.Check(recipe, data, i => run.TeacherFolder(recipe.Teacher.Members, i),
                learnt: ModelCheckpoint.Exists(run.Baseline));
            RunRecipe.Keep(run, recipe);
            return new Distillation(recipe, run, data, progress, time);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>The whole path; a stage that an earlier run finished is not done again.</summary>
    public EvaluationOutcome Run(CancellationToken cancellation)
    {
        Label(cancellation);
        Train(cancellation);
        var result = Eval(cancellation);
        Export(cancellation);
        return result;
    }

    /// <summary>Trains the teachers that are not there yet, checks them, stores their answers; a lost shard is made again.</summary>
    public void Label(CancellationToken cancellation) => _record.Stage("label", () =>
    {
        if (_fits.OfPeers) return; // they answer while they learn
        for (var i = 0; i < _recipe.Teacher.Members.Count; i++) TrainTeacher(_recipe.Teacher.Members[i], i, cancellation);
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        foreach (var warning in TeacherCheck.Warnings(teacher, _recipe, _data, _device, _fits.SeedOfStudent)) _record.Warn(warning);
        if (!_fits.Live) new Labelling(_progress, _recipe.Data.Transfer?.Relabel == "synthetic")
            .Run(teacher, _data.Train, _run.Labels, DescriptionOf(teacher), cancellation);
    }, _fits.Live || LabelManifest.IsWhole(_run.Labels));

    /// <summary>Trains the student on the teacher's answers, and the same student without a teacher.</summary>
    public void Train(CancellationToken cancellation) => _record.Stage("train", () =>
    {
        if (_fits.OfPeers) _fitting.Run(_fits.Peers(), cancellation);
        else TrainOnAnswers(cancellation);
        var chosen = new BaselineSearch(_fitting, _run.Checkpoints).Run(_fits.Baseline(), _recipe.Baseline, cancellation);
        _record.Note("baseline", chosen);
    });

    /// <summary>Reads the test part, once, and writes eval.json, report.html and provenance.json.</summary>
    public EvaluationOutcome Eval(CancellationToken cancellation) => _record.Timed("eval", () =>
    {
        cancellation.ThrowIfCancellationRequested();
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        return new Examination(_recipe, _run, _data, _device, _time, _record).Run(teacher);
    });

    /// <summary>Writes the student in formats that other tools open.</summary>
    public void Export(CancellationToken cancellation) => _record.Stage("export", () =>
    {
        cancellation.ThrowIfCancellationRequested();
        if (StudentExport.Write(_run.Student, _run.Export, _recipe.Export, _device) is { } answers)
            _record.Note("export", answers.ToString());
    });

    private void TrainTeacher(TeacherMember member, int i, CancellationToken cancellation)
    {
        var folder = _fits.TeacherFolders()[i].Folder;
        if (member.Source == "train" && !ModelCheckpoint.Exists(folder))
            new Fitting(_device, _data.Teacher ?? _data, _events, _progress).Run(_fits.Teacher(member, i), cancellation);
        if (member.Ensemble is { } ensemble && !EnsembleCheckpoint.Exists(folder))
            new EnsembleFit(_data, _progress, _record.Note).Run(ensemble, _fits.SeedOfTeacher(i), folder, cancellation);
    }

    /// <summary>The student, after the assistants between it and its teacher.</summary>
    private void TrainOnAnswers(CancellationToken cancellation)
    {
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        using var answers = TeacherAnswers.Open(_recipe, _run.Labels, DescriptionOf(teacher),
            _fits.TeachersInTurn, Teachers.LoadMembers);
        foreach (var lifted in answers.Stored?.Lifted ?? []) _record.Warn(lifted);
        var chain = new AssistantChain(_fitting,
            folder => new LiveTeacher(Teachers.LoadMembers([(folder, 1)]), probabilities: true, answers: true));
        chain.Run(_fits.Student(answers.Stored, answers.Live), _recipe.Student.Assistants, _run.Checkpoints, cancellation);
    }

    private TeacherLoader Teachers => _fits.TeachersOn(_device);

    private LabelSetDescription DescriptionOf(ITeacher teacher) => LabelIdentity.Of(_recipe, _data.Train, teacher);

    public void Dispose()
    {
        using (_run)
        using (_device)
            _events.Dispose(); // on a full disk this throws
    }
}
