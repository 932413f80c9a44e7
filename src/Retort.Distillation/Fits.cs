using Retort.Data;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Training;

namespace Retort;

/// <summary>The models that a recipe has trained, each with its lessons, its seed and its folder.</summary>
internal sealed class Fits(Recipe recipe, RunFolder run, DataSplits data, RunRecord record, Device device)
{
    /// <summary>Student and baseline share it: same first weights, same batches.</summary>
    public Seed SeedOfStudent => new Seed(recipe.Seed).Derive("student");

    /// <summary>The teacher's seat is taken by who learns beside the student: other students, or the average of its own weights.</summary>
    public bool OfPeers => recipe.Teacher.Members[0].Source is "peer" or "own-average";

    /// <summary>Nothing is stored: who teaches answers in the loop.</summary>
    public bool Live => recipe.Labels.Kind == "live";

    public Seed SeedOfTeacher(int i) => new Seed(recipe.Seed).Derive($"teacher-{i}");

    private int Stages => recipe.Teacher.Members.Max(member => member.Snapshots);

    /// <summary>Folder and weight of each teacher when it was at a stage of its training; null = finished.</summary>
    public IReadOnlyList<(string Folder, double Weight)> TeacherFolders(int? stage = null) =>
        [.. recipe.Teacher.Members.Select((member, i) => (TeacherFolder(member, i, stage), member.Weight))];

    /// <summary>As they teach one after another; one list where only finished teachers teach.</summary>
    public IReadOnlyList<IReadOnlyList<(string Folder, double Weight)>> TeachersInTurn =>
        [.. Enumerable.Range(0, Stages).Select(stage => TeacherFolders(stage))];

    private string TeacherFolder(TeacherMember member, int i, int? stage)
    {
        var folder = run.TeacherFolder(recipe.Teacher.Members, i);
        return stage is { } passed && passed * member.Snapshots / Stages is var own && own < member.Snapshots - 1
            ? RunFolder.Snapshot(folder, own)
            : folder;
    }

    /// <summary>What teachers are trained on: data of their own, where they have another modality than the student.</summary>
    private DataSplits OfTeacher => data.Teacher ?? data;

    /// <summary>Loads teachers for the examples of this run.</summary>
    public TeacherLoader TeachersOn(Device device) =>
        new(recipe.Teacher, data.Train.ForTeacher.ExampleShape, data.Train.Classes, device, data.Train.Layout,
            data.Train.Numbers?.Column);

    /// <summary>Where its ranks follow from the teacher's numbers, the teacher has to be there.</summary>
    private ModelRecipe StudentModel
    {
        get
        {
            if (recipe.Student.Initial is not { Energy: > 0 } initial) return recipe.Student.Model;
            using var whole = StudentFromTeacher.Whole(initial, recipe.Student.Model, TeacherFolders()[0].Folder, device,
                SeedOfStudent.Derive("init")).Whole;
            return recipe.Student.Model with { Ranks = LowRank.Ranks(whole, initial.Energy) };
        }
    }

    private int[] TransferRows => TransferSet.Rows(data.Train, recipe.Data, recipe.Seed);

    private string Checkpoint(string name) => Path.Combine(run.Checkpoints, name + ".safetensors");

    public Fit Teacher(TeacherMember member, int i) => new($"teacher-{i}", "label", member.Model!, member.Training!,
        [ObjectiveRecipe.OfTruth(recipe.Data, member.Training!.LabelSmoothing)],
        TransferSet.Labelled(OfTeacher.Train, Enumerable.Range(0, OfTeacher.Train.Real)), null, SeedOfTeacher(i),
        run.TeacherFolder(recipe.Teacher.Members, i), Checkpoint($"teacher-{i}")) { Snapshots = member.Snapshots };

    /// <param name="stored">The label store; null when the answers come from the loop.</param>
    /// <param name="live">Teachers in the loop.</param>
    public Fit Student(LabelReader? stored, ILiveTeacher? live) => new("student", "train", StudentModel, recipe.Student.Training,
        recipe.Student.Objective, TransferRows, stored, SeedOfStudent, run.Student, Checkpoint("student")) { Live = live,
            Note = record.Note, Warn = record.Warn,
            Examples = recipe.Student.Examples, Initial = recipe.Student.Initial, InitialFolder = TeacherFolders()[0].Folder };

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
                    Name = member.Source == "peer" ? $"peer-{i}" : "own-average",
                    Model = member.Model ?? student.Model,
                    Seed = member.Source == "peer" ? SeedOfStudent.Derive($"peer-{i}") : SeedOfStudent,
                    FollowDecay = member.Source == "peer" ? null : member.Decay,
                    Folder = run.TeacherFolder(recipe.Teacher.Members, i),
                }),
            ],
        };
    }

    public Fit Baseline() => new("baseline", "train", StudentModel, recipe.Baseline.Training,
        [ObjectiveRecipe.OfTruth(recipe.Data, recipe.Baseline.Training.LabelSmoothing)],
        TransferSet.Labelled(data.Train, TransferSet.Real(data.Train, recipe.Data, recipe.Seed)), null, SeedOfStudent, run.Baseline, "");
}
