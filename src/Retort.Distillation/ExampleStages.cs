using Retort.Checkpoints;
using Retort.Data;
using Retort.Evaluation;
using Retort.Export;
using Retort.Labels;
using Retort.Recipes;
using Retort.Sources;
using Retort.Teachers;
using Retort.Training;

namespace Retort;

/// <summary>Label, train, eval and export of examples of numbers: tables, pictures, sounds, nodes.</summary>
internal sealed class ExampleStages(Workshop shop, DataSplits data) : IStages
{
    private readonly Fitting _fitting = new(shop.Device, data, shop.Events, shop.Progress);
    private readonly Pretraining? _pretraining =
        shop.Recipe.Pretraining is { } recipe && data.Corpus is not null ? new Pretraining(shop, data, recipe) : null;

    private readonly Fits _fits = new(shop.Recipe, shop.Run, data, shop.Record, shop.Device);

    /// <summary>The folder whose tokenizer texts are read with; null = there is none, and one is learnt.</summary>
    public static string? TokenizerOf(Recipe recipe) =>
        recipe.Data.IsTextClasses && recipe.Teacher.Members[0] is { Source: "checkpoint", Path: var path } ? path : null;

    public bool LabelsAreWhole => _fits.Live || LabelManifest.IsWhole(shop.Run.Labels);

    public void Label(CancellationToken cancellation)
    {
        foreach (var warning in data.Warnings) shop.Record.Warn(warning);
        if (_fits.OfPeers) return; // they answer while they learn
        var recipe = shop.Recipe;
        for (var i = 0; i < recipe.Teacher.Members.Count; i++) TrainTeacher(recipe.Teacher.Members[i], i, cancellation);
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        foreach (var warning in TeacherCheck.Warnings(teacher, recipe, data, shop.Device, _fits.SeedOfStudent)) shop.Record.Warn(warning);
        if (!_fits.Live) new Labelling(shop.Progress, recipe.Data.Transfer?.Relabel == "synthetic")
            .Run(teacher, data.Train, shop.Run.Labels, DescriptionOf(teacher), cancellation);
    }

    public void Train(CancellationToken cancellation)
    {
        _pretraining?.StudentAndBaseline(cancellation);
        if (_fits.OfPeers) _fitting.Run(_fits.Peers(), cancellation);
        else TrainOnAnswers(cancellation);
        var chosen = new BaselineSearch(_fitting, shop.Run.Checkpoints)
            .Run(Begun(_fits.Baseline(), "baseline"), shop.Recipe.Baseline, cancellation);
        shop.Record.Note("baseline", chosen);
    }

    public EvaluationOutcome Eval(CancellationToken cancellation)
    {
        _pretraining?.NoteLosses();
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        return new Examination(shop.Recipe, shop.Run, data, shop.Device, shop.Time, shop.Record).Run(teacher);
    }

    public void Export() => Export(shop, data);

    /// <summary>The student, calibrated on validation data where the recipe says so.</summary>
    internal static void Export(Workshop shop, DataSplits data)
    {
        var student = shop.Run.Student;
        if (shop.Recipe.Student.Calibrated)
        {
            student = Path.Combine(shop.Run.Checkpoints, "calibrated");
            var temperature = CalibratedStudent.Write(shop.Run.Student, student, data.Validation, shop.Device);
            shop.Record.Note("export", FormattableString.Invariant($"the last layer is divided by {temperature:0.000}, the temperature that validation likes best"));
        }
        if (StudentExport.Write(student, shop.Run.Export, shop.Recipe.Export, shop.Device) is { } answers)
            shop.Record.Update(provenance => provenance with { Exported = answers.ToString() });
    }

    private void TrainTeacher(TeacherMember member, int i, CancellationToken cancellation)
    {
        var folder = _fits.TeacherFolders()[i].Folder;
        if (member.Source == "train" && !ModelCheckpoint.Exists(folder))
        {
            _pretraining?.Teacher(i, member, cancellation);
            new Fitting(shop.Device, data.Teacher ?? data, shop.Events, shop.Progress)
                .Run(Begun(_fits.Teacher(member, i), $"teacher-{i}"), cancellation);
        }
        if (member.Ensemble is { } ensemble && !EnsembleCheckpoint.Exists(folder))
            new EnsembleFit(data, shop.Progress, shop.Record.Note).Run(ensemble, _fits.SeedOfTeacher(i), folder, cancellation);
    }

    /// <summary>The student, after the assistants between it and its teacher.</summary>
    private void TrainOnAnswers(CancellationToken cancellation)
    {
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        using var answers = TeacherAnswers.Open(shop.Recipe, shop.Run.Labels, DescriptionOf(teacher),
            _fits.TeachersInTurn, Teachers.LoadMembers);
        foreach (var lifted in answers.Stored?.Lifted ?? []) shop.Record.Warn(lifted);
        var chain = new AssistantChain(_fitting,
            folder => new LiveTeacher(Teachers.LoadMembers([(folder, 1)]), probabilities: true, answers: true));
        chain.Run(Begun(_fits.Student(answers.Stored, answers.Live), "student"), shop.Recipe.Student.Assistants, shop.Run.Checkpoints,
            cancellation);
    }

    /// <summary>As the masked-language model of its name, where there is one: what that took of the teacher is not taken again.</summary>
    private Fit Begun(Fit fit, string name) =>
        _pretraining is null ? fit : fit with { PretrainedFolder = _pretraining.FolderOf(name), Initial = null };

    private TeacherLoader Teachers => _fits.TeachersOn(shop.Device);

    private LabelSetDescription DescriptionOf(ITeacher teacher) => LabelIdentity.Of(shop.Recipe, data.Train, teacher);
}
