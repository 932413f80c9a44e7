using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean over all elements of (z_student − Φ(T)·z_teacher)², Φ = 1 − (T − 1)/maximumTemperature: T cools from the maximum to 1, so the
/// student starts from a whisper of the teacher's logits and ends with them (Jafari et al. 2021, Annealing-KD, stage 1; stage 2 is
/// hard-label alone). z [N, C], dense labels.
/// </summary>
public sealed class AnnealedLogits(Schedule temperature, double maximumTemperature = 7) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("annealed-logits", "Annealing-KD: logits that grow louder", "Jafari et al. 2021, arXiv 2104.07163",
        "mean((z_student − (1 − (T−1)/τ)·z_teacher)²)", Needs.DenseLogits, given =>
            new AnnealedLogits(given.Temperature, given.Number("maximumTemperature")))
    {
        TemperatureLimit = "maximumTemperature",
        Cooling = new ScheduleRecipe { Kind = "linear", From = 7, To = 1 },
        Keys = [ObjectiveKey.Number("maximumTemperature", 7, new NumberRange(1, 1000), "where the paper's grid begins") with { Symbol = "τ",
            Meaning = "maximumTemperature" }],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var loudness = 1 - (temperature.At(update) - 1) / maximumTemperature;
        return step.MeanSquaredDifference(signals.Logits, step.Scale(signals.TeacherLogits(step), loudness));
    }
}
