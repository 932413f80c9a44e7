using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Training;

namespace Retort;

/// <summary>
/// Masked-language modelling before the task: the teacher on the corpus, then the student with it (Sanh et al. 2019), and the same student
/// without a teacher. What is there already is not trained again.
/// </summary>
internal sealed class Pretraining(Workshop shop, DataSplits data, PretrainingRecipe recipe)
{
    private readonly MaskedFitting _fitting = new(shop.Device, data, recipe.Masked, shop.Events, shop.Progress);

    private Recipe Whole => shop.Recipe;
    private Seed SeedOfStudent => new Seed(Whole.Seed).Derive("student");

    public string FolderOf(string name) => Path.Combine(shop.Run.Root, "pretrained", name);

    public void Teacher(int number, TeacherMember member, CancellationToken cancellation) =>
        Run(new Fit($"teacher-{number}-pretrained", "label", member.Model!, recipe.Teacher, [ObjectiveRecipe.HardLabel(0)], [], null,
            new Seed(Whole.Seed).Derive($"teacher-{number}"), FolderOf($"teacher-{number}"), ""), null, cancellation);

    public void StudentAndBaseline(CancellationToken cancellation)
    {
        var teacher = FolderOf("teacher-0");
        var student = new Fit("student-pretrained", "train", Whole.Student.Model, recipe.Student, recipe.Objective, [], null, SeedOfStudent,
            FolderOf("student"), "");
        Run(student with { Initial = Whole.Student.Initial, InitialFolder = teacher }, teacher, cancellation);
        Run(student with { Name = "baseline-pretrained", Objective = [ObjectiveRecipe.HardLabel(0)], Folder = FolderOf("baseline") }, null,
            cancellation);
    }

    /// <summary>How well the three guess tokens of texts that none has seen.</summary>
    public void NoteLosses()
    {
        double Loss(string name)
        {
            using var encoder = EncoderCheckpoint.Load(FolderOf(name), shop.Device);
            return _fitting.HeldOut.Measure(encoder.Model, shop.Device).Loss;
        }
        var (teacher, student, baseline) = (Loss("teacher-0"), Loss("student"), Loss("baseline"));
        var gap = teacher < baseline
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * (baseline - student) / (baseline - teacher):0.0} % of the gap is closed")
            : "the teacher guesses no better than that: train it longer, or at a lower rate";
        shop.Record.Note("masked loss on held-out texts", string.Create(CultureInfo.InvariantCulture,
            $"teacher {teacher:0.0000}, student {student:0.0000}, the same student without a teacher {baseline:0.0000} nats; {gap}"));
    }

    private void Run(Fit fit, string? teacher, CancellationToken cancellation)
    {
        if (LanguageCheckpoint.Exists(fit.Folder)) return;
        _fitting.Run(fit with
        {
            Checkpoint = Path.Combine(shop.Run.Checkpoints, fit.Name + ".safetensors"), Note = shop.Record.Note,
        }, teacher, cancellation);
    }
}
