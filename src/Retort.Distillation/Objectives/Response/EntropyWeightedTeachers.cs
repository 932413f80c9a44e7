using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · mean_n Σ_k w_k,n · KL(p_k^T ‖ p_student^T), w_k,n = (1 − softmax_k(H(p_k)))/(K − 1): each example listens to the teachers that
/// are
/// sure of it, right or wrong (Kwon et al. 2020, EBKD, in the normalisation of CA-MKD). z [N, C], two or more teachers, live.
/// </summary>
public sealed class EntropyWeightedTeachers(Schedule temperature) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("entropy-weighted-teachers", "EBKD: teachers weighted by how sure they are", "Kwon et al. 2020, ICASSP",
        "T²·Σ_k w_k·KL(p_k^T ‖ p_student^T), w_k = (1 − softmax_k(H(p_k)))/(K−1)", Needs.EachTeacher, given =>
            new EntropyWeightedTeachers(given.Temperature)) { LeastTeachers = 2 };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) =>
        signals.Teachers.Weighted(step, signals, temperature.At(update), teacher =>
    {
        var logarithms = step.LogSoftmax(teacher.Logits);
        return step.Scale(step.Sum(step.Multiply(step.Exp(logarithms), logarithms), -1, keep: true), -1);
    });
}
