using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean of ((s_0 − s_c) − (t_0 − t_c))² over examples and c ≥ 1: scores of a ranker, the first that of the relevant text; how far
/// the others stay behind counts, not the scores themselves (Hofstätter et al. 2020, with one other). Scores [N, C], C ≥ 2.
/// </summary>
public sealed class MarginRegression : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("margin-regression", "MarginMSE: distances from the first score", "Hofstätter et al. 2020, arXiv 2010.02666",
        "mean(((z₀ − z_c)_student − (z₀ − z_c)_teacher)²)", Needs.DenseLogits, _ => new MarginRegression()) { LeastClasses = 2 };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) =>
        step.MeanSquaredDifference(Margins(step, signals.Logits), Margins(step, signals.TeacherLogits(step)));

    private static Tensor Margins(Step step, Tensor scores) =>
        step.Subtract(step.Slice(scores, 1, 0, 1), step.Slice(scores, 1, 1, scores.Shape[1] - 1));
}
