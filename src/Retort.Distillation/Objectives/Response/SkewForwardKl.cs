using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_t ‖ λ·p_t + (1 − λ)·p_s), λ = teacherWeight: the teacher in the mixture bounds the gradient where the student is
/// sure of nothing (Ko et al. 2024, DistiLLM). λ = 0 is soft-label. z [N, C]; dense labels, or truncated ones with a tail mode.
/// </summary>
public sealed class SkewForwardKl(Schedule temperature, double teacherWeight = 0.1, TailMode tail = TailMode.TailBucket) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("skew-forward-kl", "Skew KL: the teacher against a mixture with it", "Ko et al. 2024 (DistiLLM), arXiv 2402.03898",
        "T²·KL(p_teacher^T ‖ λ·p_teacher^T + (1−λ)·p_student^T)", ObjectiveEntry.AnyLogits,
        given => new SkewForwardKl(given.Temperature, given.Number("teacherWeight"), given.Tail))
    {
        Keys = [ObjectiveKey.Number("teacherWeight", 0.1, NumberRange.BelowOne, "the paper's best") with { Symbol = "λ",
            Meaning = "the teacher's share" }, TailKey(SoftLoss.SkewForwardKl)],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => teacherWeight == 0
        ? RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update)) with { Tail = tail }
        : RowLossTerms.SoftOnly(SoftLoss.SkewForwardKl, temperature.At(update)) with { TeacherWeight = teacherWeight, Tail = tail };
}
