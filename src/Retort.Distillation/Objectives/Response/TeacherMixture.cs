using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p̄^T ‖ p_student^T), p̄^T = Σ_k w_k softmax(z_k/T): several teachers, each softened before they are averaged, so that no
/// sure
/// teacher drowns the others; form "logits" has p̄^T = softmax(Σ_k w_k z_k/T). Stored labels average at T = 1 and soften the mean, which is
/// something else (Hinton, Vinyals and Dean 2015, section 2; Stanton et al. 2021). z [N, C], the teachers live.
/// </summary>
public sealed class TeacherMixture(Schedule temperature, bool logits = false) : Objective
{
    private const string Mean = "T²·KL(Σ w_k·p_k^T ‖ p_student^T)", OfLogits = "T²·KL(softmax(Σ w_k·z_k/T) ‖ p_student^T)";

    public static ObjectiveEntry Entry { get; } =
        new("teacher-mixture", "AVER: several teachers, softened and averaged", "Hinton, Vinyals, Dean 2015, arXiv 1503.02531",
        Mean, Needs.EachTeacher, given => new TeacherMixture(given.Temperature, given.Choice("average") == "logits"))
    {
        Keys = [ObjectiveKey.Choice("average", ["probabilities", "logits"], "the mean of probabilities is itself a distribution")],
        FormulaOf = recipe => recipe.Value("average") == "logits" ? OfLogits : Mean,
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var t = temperature.At(update);
        var teacher = logits ? step.LogSoftmax(signals.Teachers.MeanLogits(step, t)) : signals.Teachers.LogMixture(step, t);
        return step.Scale(step.MeanAll(step.KullbackLeibler(teacher, signals.LogProbabilities(step, t))), t * t);
    }
}
