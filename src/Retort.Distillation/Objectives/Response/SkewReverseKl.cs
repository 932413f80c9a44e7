using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_s ‖ λ·p_t + (1 − λ)·p_s), λ = teacherWeight: reverse KL that stays finite where the teacher gives no mass
/// (Ko et al. 2024, DistiLLM, whose mixture share is 1 − λ). z [N, C], dense labels.
/// </summary>
public sealed class SkewReverseKl(Schedule temperature, double teacherWeight = 0.9) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("skew-reverse-kl", "Skew reverse KL: the student against a mixture with it", "Ko et al. 2024 (DistiLLM), arXiv 2402.03898",
        "T²·KL(p_student^T ‖ λ·p_teacher^T + (1−λ)·p_student^T)", Needs.DenseLogits,
        given => new SkewReverseKl(given.Temperature, given.Number("teacherWeight")))
    {
        Keys = [ObjectiveKey.Number("teacherWeight", 0.9, NumberRange.Positive(1),
            "the paper's best: a tenth of the student") with { Symbol = "λ", Meaning = "the teacher's share" }],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var t = temperature.At(update);
        var (student, teacher) = (signals.LogProbabilities(step, t), signals.TeacherLogProbabilities(step, t));
        return step.Scale(step.MeanAll(step.KullbackLeibler(student, step.LogMixture(teacher, student, teacherWeight))), t * t);
    }
}
