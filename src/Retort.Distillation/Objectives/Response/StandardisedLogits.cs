using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(softmax(z′_t/T) ‖ softmax(z′_s/T)), z′ = (z − mean z)/(1e-7 + std z) of each example, std over C − 1: teacher and student
/// each have a temperature of their own, the spread of their logits (Sun et al. 2024). z [N, C], dense labels.
/// </summary>
public sealed class StandardisedLogits(Schedule temperature) : Objective
{
    private const double Epsilon = 1e-7;

    public static ObjectiveEntry Entry { get; } =
        new("standardised-logits", "LSKD: softened z-scores of the logits", "Sun et al. 2024, arXiv 2403.01427",
        "T²·KL(p_teacher^T ‖ p_student^T) of z-scored logits", Needs.DenseLogits, given =>
            new StandardisedLogits(given.Temperature)) { LeastClasses = 2 };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) =>
        step.RowLoss(Scores(step, signals.Logits), RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update)), null,
            TeacherTarget.Logits(Scores(step, signals.TeacherLogits(step)))).Loss;

    /// <summary>The square of epsilon under the root changes nothing but keeps the slope finite where all logits are equal.</summary>
    private static Tensor Scores(Step step, Tensor logits)
    {
        var deviation = step.Apply(Unary.SquareRoot, step.Plus(step.Reduce(Reduction.Variance, logits, -1, keep: true), Epsilon * Epsilon));
        return step.Divide(step.Centred(logits, -1), step.Plus(deviation, Epsilon));
    }
}
