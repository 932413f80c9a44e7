using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_s ‖ λ·p_t + (1 − λ)·p_s), λ = teacherWeight: reverse KL that stays finite where the teacher gives no mass
/// (Ko et al. 2024, DistiLLM, whose mixture share is 1 − λ). λ = 1 is reverse-kl. z [N, C]; dense labels, or truncated ones with a tail
/// mode.
/// </summary>
public sealed class SkewReverseKl(Schedule temperature, double teacherWeight = 0.9, TailMode tail = TailMode.TailBucket) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("skew-reverse-kl", "Skew reverse KL: the student against a mixture with it", "Ko et al. 2024 (DistiLLM), arXiv 2402.03898",
        "T²·KL(p_student^T ‖ λ·p_teacher^T + (1−λ)·p_student^T)", ObjectiveEntry.AnyLogits,
        given => new SkewReverseKl(given.Temperature, given.Number("teacherWeight"), given.Tail))
    {
        Keys = [ObjectiveKey.Number("teacherWeight", 0.9, NumberRange.Positive(1),
            "the paper's best: a tenth of the student") with { Symbol = "λ", Meaning = "the teacher's share" },
            TailKey(SoftLoss.SkewReverseKl)],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => teacherWeight == 1
        ? RowLossTerms.SoftOnly(SoftLoss.ReverseKl, temperature.At(update)) with { Tail = tail }
        : RowLossTerms.SoftOnly(SoftLoss.SkewReverseKl, temperature.At(update)) with { TeacherWeight = teacherWeight, Tail = tail };
}
