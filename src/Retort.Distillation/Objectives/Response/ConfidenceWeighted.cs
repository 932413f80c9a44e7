using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// A CONTROL. L = Σ_n w_n CE(y_n, p_student,n) / Σ_n w_n, w_n = max_c p_teacher,n: the classes alone, each as important as the teacher is
/// sure of its own answer (Furlanello et al. 2018, CWTM). What it gains too is a weighting of examples, no dark knowledge.
/// z [N, C], y [N], dense labels.
/// </summary>
public sealed class ConfidenceWeighted : Objective
{
    public static ObjectiveEntry Entry { get; } = new("confidence-weighted", "CWTM: control, classes weighted by the teacher's confidence",
        "Furlanello et al. 2018, arXiv 1805.04770",
        "Σ w·CE(y, p_student)/Σ w, w = max p_teacher", Needs.DenseLogits, _ =>
            new ConfidenceWeighted()) { WeightKey = "hardWeight", UsesClass = true };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var rows = new Shape(signals.Classes.Length, 1);
        var weights = step.Reduce(Reduction.Maximum, step.Exp(signals.TeacherLogProbabilities(step)), -1, keep: true);
        var own = step.Gather(signals.LogProbabilities(step), step.Constant(rows, signals.Classes.Span));
        return step.Scale(step.Divide(step.SumAll(step.Multiply(own, weights)), step.SumAll(weights)), -1);
    }
}
