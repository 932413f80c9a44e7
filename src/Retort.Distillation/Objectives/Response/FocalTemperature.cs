using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean_n T_n² · KL(p_t^(T_n) ‖ p_s^(T_n)), T_n = T + strength · (mean w − w_n), w_n = (1 − cos(z_s, z_t))^focus: examples on which the
/// student is far from the teacher get a lower temperature (TextBrewer's flsw schedule, Yang et al. 2020). T_n stays within [1, 2T].
/// z [N, C], dense labels.
/// </summary>
public sealed class FocalTemperature(Schedule temperature, double strength = 1, double focus = 1) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("focal-temperature", "flsw: cooler where the student is far off", "Yang et al. 2020 (TextBrewer), arXiv 2002.12620",
        "mean(T_n²·KL(p_teacher^T_n ‖ p_student^T_n)), T_n = T + b·(mean w − w_n)", Needs.DenseLogits,
        given => new FocalTemperature(given.Temperature, given.Number("strength"), given.Number("focus")))
    {
        Keys =
        [
            ObjectiveKey.Number("strength", 1, new NumberRange(0, 1000), "the tool's default") with { Symbol = "b", Meaning = "strength" },
            ObjectiveKey.Number("focus", 1, NumberRange.Positive(10), "the tool's default"),
        ],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var (student, teacher) = (step.Normalised(step.Detach(signals.Logits), -1), step.Normalised(signals.TeacherLogits(step), -1));
        var cosines = step.Device.ToDoubles(step.Sum(step.Multiply(student, teacher), -1));
        double[] weights = [.. cosines.Select(cosine => Math.Pow(Math.Max(0, 1 - cosine), focus))];
        return ExampleTemperatures.Loss(step, signals, ExampleTemperatures.From(weights, temperature.At(update), strength));
    }
}
