using Retort.Data;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Training;

namespace Retort;

/// <summary>The models that a recipe has trained, each with its lessons, its seed and its folder.</summary>
internal sealed class Fits(Recipe recipe, RunFolder run, DataSplits data, RunRecord record)
{
    /// <summary>Student and baseline share it: same first weights, same batches.</summary>
    public Seed SeedOfStudent => new Seed(recipe.Seed).Derive("student");

    /// <summary>The teacher's seat is taken by students that learn from each other.</summary>
    public bool OfPeers => recipe.Teacher.Members[0].Source == "peer";

    /// <summary>Nothing is stored: who teaches answers in the loop.</summary>
    public bool Live => recipe.Labels.Kind == "live";

    /// <summary>What teachers are trained on.</summary>
    private DataSplits OfTeacher => data.Teacher ?? data;

    /// <summary>Trains teachers: on data of their own, where they have another modality than the student.</summary>
    public Fitting FittingOfTeacher(Fitting usual, Device device, EventLog events, IProgress<StageProgress> progress) =>
        data.Teacher is null ? usual : new Fitting(device, OfTeacher, events, progress);

    private int[] TransferRows => TransferSet.Rows(data.Train, recipe.Data, recipe.Seed);

    private string Checkpoint(string name) => Path.Combine(run.Checkpoints, name + ".safetensors");

    public Fit Teacher(TeacherMember member, int i) => new($"teacher-{i}", "label", member.Model!, member.Training!,
        [ObjectiveRecipe.HardLabel(member.Training!.LabelSmoothing)],
        TransferSet.Labelled(OfTeacher.Train, Enumerable.Range(0, OfTeacher.Train.Count)), null,
        new Seed(recipe.Seed).Derive($"teacher-{i}"), run.TeacherFolder(recipe.Teacher.Members, i), Checkpoint($"teacher-{i}"));

    /// <param name="stored">The label store; null when the answers come from the loop.</param>
    /// <param name="live">Teachers in the loop.</param>
    public Fit Student(LabelReader? stored, ILiveTeacher? live) => new("student", "train", recipe.Student.Model, recipe.Student.Training,
        recipe.Student.Objective, TransferRows, stored, SeedOfStudent, run.Student, Checkpoint("student")) { Live = live,
            Note = record.Note, Warn = record.Warn };

    /// <summary>The student and its peers, in one loop.</summary>
    public Fit Peers()
    {
        var student = Student(null, null);
        return student with
        {
            TeacherOf = others => new PeerTeacher(others),
            Peers =
            [
                .. recipe.Teacher.Members.Select((member, i) => student with
                {
                    Name = $"peer-{i}", Model = member.Model
                        ?? student.Model, Seed = SeedOfStudent.Derive($"peer-{i}"), Folder = run.TeacherFolder(recipe.Teacher.Members, i),
                }),
            ],
        };
    }

    public Fit Baseline() => new("baseline", "train", recipe.Student.Model, recipe.Baseline.Training,
        [ObjectiveRecipe.HardLabel(recipe.Baseline.Training.LabelSmoothing)], TransferSet.Labelled(data.Train, TransferRows), null,
        SeedOfStudent, run.Baseline, "");
}
