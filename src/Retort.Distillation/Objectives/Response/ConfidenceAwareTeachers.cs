using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · mean_n Σ_k w_k,n · KL(p_k^T ‖ p_student^T), w_k,n = (1 − softmax_k(CE(y_n, p_k)))/(K − 1): each example listens to the teachers
/// that
/// are near its true class (Zhang et al. 2022, CA-MKD, eq. 3 and 4). z [N, C], y [N], two or more teachers, live.
/// </summary>
public sealed class ConfidenceAwareTeachers(Schedule temperature) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("confidence-aware-teachers", "CA-MKD: teachers weighted by how right they are", "Zhang et al. 2022, arXiv 2201.00007",
        "T²·Σ_k w_k·KL(p_k^T ‖ p_student^T), w_k = (1 − softmax_k(CE(y, p_k)))/(K−1)", Needs.EachTeacher, given =>
            new ConfidenceAwareTeachers(given.Temperature))
    {
        LeastTeachers = 2,
        UsesClass = true,
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) =>
        signals.Teachers.Weighted(step, signals, temperature.At(update), teacher => CrossEntropy(step, signals, teacher.Logits));

    /// <summary>CE(y, softmax(z)) of each example.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="signals">The true classes.</param>
    /// <param name="logits">[N, C]</param>
    /// <returns>[N, 1]</returns>
    internal static Tensor CrossEntropy(Step step, Signals signals, Tensor logits) => step.Scale(step.Gather(step.LogSoftmax(logits),
        step.Constant(new Shape(signals.Classes.Length, 1), signals.Classes.Span)), -1);
}
