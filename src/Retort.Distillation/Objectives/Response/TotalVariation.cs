using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>L = ½ Σ_c |p_t − p_s|, at temperature 1 (Wen et al. 2023, f-distill). z [N, C], dense labels.</summary>
public sealed class TotalVariation : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("total-variation", "TVD: half the sum of absolute differences", "Wen et al. 2023 (f-distill), arXiv 2307.15190",
        "½·Σ|p_teacher − p_student|", Needs.DenseLogits, _ => new TotalVariation());

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var difference = step.Subtract(step.Exp(signals.TeacherLogProbabilities(step)), step.Exp(signals.LogProbabilities(step)));
        return step.Scale(step.MeanAll(step.Sum(step.Apply(Unary.Absolute, difference), -1)), 0.5);
    }
}
