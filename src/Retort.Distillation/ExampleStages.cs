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
    private readonly Fits _fits = new(shop.Recipe, shop.Run, data, shop.Record, shop.Device);

    public bool LabelsAreWhole => _fits.Live || LabelManifest.IsWhole(shop.Run.Labels);

    public void Label(CancellationToken cancellation)
    {
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
        if (_fits.OfPeers) _fitting.Run(_fits.Peers(), cancellation);
        else TrainOnAnswers(cancellation);
        var chosen = new BaselineSearch(_fitting, shop.Run.Checkpoints).Run(_fits.Baseline(), shop.Recipe.Baseline, cancellation);
        shop.Record.Note("baseline", chosen);
    }

    public EvaluationOutcome Eval(CancellationToken cancellation)
    {
        using var teacher = Teachers.Load(_fits.TeacherFolders());
        return new Examination(shop.Recipe, shop.Run, data, shop.Device, shop.Time, shop.Record).Run(teacher);
    }

    public void Export()
    {
        if (StudentExport.Write(shop.Run.Student, shop.Run.Export, shop.Recipe.Export, shop.Device) is { } answers)
            shop.Record.Note("export", answers.ToString());
    }

    private void TrainTeacher(TeacherMember member, int i, CancellationToken cancellation)
    {
        var folder = _fits.TeacherFolders()[i].Folder;
        if (member.Source == "train" && !ModelCheckpoint.Exists(folder))
            new Fitting(shop.Device, data.Teacher ?? data, shop.Events, shop.Progress).Run(_fits.Teacher(member, i), cancellation);
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
        chain.Run(_fits.Student(answers.Stored, answers.Live), shop.Recipe.Student.Assistants, shop.Run.Checkpoints, cancellation);
    }

    private TeacherLoader Teachers => _fits.TeachersOn(shop.Device);

    private LabelSetDescription DescriptionOf(ITeacher teacher) => LabelIdentity.Of(shop.Recipe, data.Train, teacher);
}
