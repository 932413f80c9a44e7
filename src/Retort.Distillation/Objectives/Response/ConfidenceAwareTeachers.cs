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

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var own = step.Constant(new Shape(signals.Classes.Length, 1), signals.Classes.Span);
        return signals.Teachers.Weighted(step, signals, temperature.At(update), teacher =>
            step.Scale(step.Gather(step.LogSoftmax(teacher.Logits), own), -1));
    }
}
