using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>Says where a diverged run broke: the step, the layer and the batch.</summary>
internal static class NonFinite
{
    public static RunFailedException Report(string what, TrainState state, TrainingPlan plan, Batch batch, double rate, int perEpoch,
        Device device)
    {
        var update = state.Updates + 1;
        var rows = string.Join(", ", batch.Rows.AsSpan(0, Math.Min(8, batch.Count)).ToArray());
        return new RunFailedException($"{plan.Name}, update {update} of {plan.TotalSteps} (epoch {(update - 1) / perEpoch + 1})",
            $"the {what} is not finite; {Layer(state.Module, device)}; batch of {batch.Count}, rows {rows}{(batch.Count > 8 ? ", …" : "")}.",
            FormattableString.Invariant($"a finite loss (learning rate {rate:g4}, clip norm {plan.Recipe.ClipNorm:g4})."),
            "lower learningRate by 5 to 10 (soft targets at a high temperature need that), keep clipNorm on, or check the rows named for NaN.");
    }

    private static string Layer(Module module, Device device)
    {
        foreach (var parameter in module.Learning.Parameters)
            if (device.ToFloats(parameter.Value).Any(value => !float.IsFinite(value)))
                return $"the weights of '{parameter.Name}' are not finite";
        return "all weights are still finite, so it came from the batch or from this step's activations";
    }
}
