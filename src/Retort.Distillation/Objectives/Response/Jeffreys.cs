using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · [w KL(p_t ‖ p_s) + (1 − w) KL(p_s ‖ p_t)], w = forwardWeight: both divergences in one pass (Jeffreys 1946; Wen et al. 2023,
/// f-distill, use the sum). z [N, C]; dense labels, or truncated ones whose rest is one class.
/// </summary>
public sealed class Jeffreys(Schedule temperature, double forwardWeight = 0.5) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("jeffreys", "Forward and reverse divergence together", "Jeffreys 1946; Wen et al. 2023, arXiv 2307.15190",
        "T²·[w·KL(p_teacher^T ‖ p_student^T) + (1−w)·KL(p_student^T ‖ p_teacher^T)]", ObjectiveEntry.AnyLogits,
        given => new Jeffreys(given.Temperature, given.Number("forwardWeight")))
    {
        Keys = [ObjectiveKey.Number("forwardWeight", 0.5, new NumberRange(0, 1), "both alike") with { Symbol = "w",
            Meaning = "the forward share" }, TailKey(SoftLoss.Jeffreys)],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) =>
        RowLossTerms.SoftOnly(SoftLoss.Jeffreys, temperature.At(update)) with { TeacherWeight = forwardWeight };
}
