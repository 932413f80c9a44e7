using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_t ‖ λ·p_t + (1 − λ)·p_s), λ = teacherWeight: the teacher in the mixture bounds the gradient where the student is
/// sure of nothing (Ko et al. 2024, DistiLLM). z [N, C], dense labels.
/// </summary>
public sealed class SkewForwardKl(Schedule temperature, double teacherWeight = 0.1) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("skew-forward-kl", "Skew KL: the teacher against a mixture with it", "Ko et al. 2024 (DistiLLM), arXiv 2402.03898",
        "T²·KL(p_teacher^T ‖ λ·p_teacher^T + (1−λ)·p_student^T)", Needs.DenseLogits,
        given => new SkewForwardKl(given.Temperature, given.Number("teacherWeight")))
    {
        Keys = [ObjectiveKey.Number("teacherWeight", 0.1, NumberRange.BelowOne, "the paper's best") with { Symbol = "λ",
            Meaning = "the teacher's share" }],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var t = temperature.At(update);
        var (student, teacher) = (signals.LogProbabilities(step, t), signals.TeacherLogProbabilities(step, t));
        return step.Scale(step.MeanAll(step.KullbackLeibler(teacher, step.LogMixture(teacher, student, teacherWeight))), t * t);
    }
}
