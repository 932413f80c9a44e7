using Retort.Checkpoints;
using Retort.Data;
using Retort.Nn;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort.Tracks;

/// <summary>A shipped recipe with changes, labelled and trained to the end on one thread; what is finished is not done again.</summary>
internal sealed class TrainedRecipe : IDisposable
{
    /// <param name="name">Of the recipe.</param>
    /// <param name="folder">Of all runs; each has its own, by its recipe.</param>
    /// <param name="overrides">As --set takes them.</param>
    public TrainedRecipe(string name, string folder, IReadOnlyList<string> overrides)
    {
        Recipe = RecipeReader.Read(Catalog.ReadShipped(name).Text, name + ".yaml", [.. overrides, "threads=1"]);
        RecipeCheck.Check(Recipe, name + ".yaml");
        var run = Path.Combine(folder, RecipeWriter.Hash(Recipe)[..12]);
        using (var path = Distillation.Open(Recipe, ".", run, resume: true, new Progress<StageProgress>(), TimeProvider.System))
        {
            path.Label(CancellationToken.None);
            path.Train(CancellationToken.None);
        }
        Data = DatasetReader.Read(Recipe.Data, ".", Recipe.Seed);
        Device = new CpuDevice(1);
        (Teacher, _) = ModelCheckpoint.Load(Path.Combine(run, "teacher", "0"), Device);
        (Student, _) = ModelCheckpoint.Load(Path.Combine(run, "student"), Device);
        (Alone, _) = ModelCheckpoint.Load(Path.Combine(run, "baseline"), Device);
    }

    public Recipe Recipe { get; }
    public DataSplits Data { get; }
    public CpuDevice Device { get; }
    public Module Teacher { get; }
    public Module Student { get; }

    /// <summary>The same student without a teacher.</summary>
    public Module Alone { get; }

    /// <summary>Accuracy in per cent of a model on a part that it can read.</summary>
    public double Right(Module model, Dataset part) => 100 * Validation.Measure(Predictor.Logits(model, part, Device), part).Score;

    public void Dispose()
    {
        Teacher.Dispose();
        Student.Dispose();
        Alone.Dispose();
        Device.Dispose();
    }
}
