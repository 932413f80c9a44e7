using System.Text.Json;
using Retort.Formats.Files;
using Retort.Recipes;

namespace Retort.Tracks;

/// <summary>Learning rate and epochs on 3 % of the data.</summary>
internal sealed record FewExamples(double Rate, int Epochs);

/// <summary>What the search chose; the final run reads it back.</summary>
internal sealed record HintonSettings(double HardRate, int HardEpochs, double Temperature, double SoftRate, double HotRate, int SoftEpochs,
    FewExamples FewHard, FewExamples FewSoft)
{
    public static ModelRecipe TeacherModel { get; } = new() { Kind = "mlp", Hidden = [1200, 1200], Dropout = 0.2 };
    public static ModelRecipe StudentModel { get; } = new() { Kind = "mlp", Hidden = [800, 800] };

    /// <summary>
    /// The setting of the pilot in the methods' reference: hidden dropout 0.2, jitter of two pixels, squared norms up to 15.
    /// </summary>
    public static TrainingRecipe TeacherTraining { get; } = Sgd(0.1, 40) with { MaxNormSquared = 15, AugmentShift = 2 };

    public static ObjectiveRecipe Hard { get; } = new() { Name = "hard-label" };

    public static TrainingRecipe Sgd(double rate, int epochs) =>
        new() { Epochs = epochs, BatchSize = 128, Optimizer = "sgd", Momentum = 0.9, LearningRate = rate, Schedule = "cosine" };

    public static ObjectiveRecipe Soft(double temperature) =>
        new() { Name = "soft-label", Temperature = new ScheduleRecipe { From = temperature, To = temperature } };

    public void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, "settings.json"), JsonSerializer.Serialize(this));

    /// <returns>What was chosen, or the pilot's setting when no search was run.</returns>
    public static HintonSettings Read(string folder)
    {
        var path = Path.Combine(folder, "settings.json");
        return File.Exists(path)
            ? JsonSerializer.Deserialize<HintonSettings>(File.ReadAllText(path))!
            : new HintonSettings(0.1, 20, 4, 0.02, 0.01, 30, new FewExamples(0.1, 200), new FewExamples(0.01, 200));
    }
}
