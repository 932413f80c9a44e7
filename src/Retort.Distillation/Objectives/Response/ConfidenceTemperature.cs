using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean_n T_n² · KL(p_t^(T_n) ‖ p_s^(T_n)), T_n = T + strength · (mean w − w_n), w_n = 1/max_c p_s: examples on which the student is
/// unsure get a lower temperature (TextBrewer's cwsm schedule, Yang et al. 2020). T_n stays within [1, 2T]. z [N, C], dense labels.
/// </summary>
public sealed class ConfidenceTemperature(Schedule temperature, double strength = 1) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("confidence-temperature", "cwsm: cooler where the student is unsure", "Yang et al. 2020 (TextBrewer), arXiv 2002.12620",
        "mean(T_n²·KL(p_teacher^T_n ‖ p_student^T_n)), T_n = T + b·(mean w − w_n)", Needs.DenseLogits,
        given => new ConfidenceTemperature(given.Temperature, given.Number("strength")))
    {
        Keys = [ObjectiveKey.Number("strength", 1, new NumberRange(0, 1000), "the tool's default") with { Symbol = "b",
            Meaning = "strength" }],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var best = step.Device.ToDoubles(step.Reduce(Reduction.Maximum, step.LogSoftmax(step.Detach(signals.Logits)), -1));
        double[] weights = [.. best.Select(logarithm => Math.Exp(-logarithm))];
        return ExampleTemperatures.Loss(step, signals, ExampleTemperatures.From(weights, temperature.At(update), strength));
    }
}
