using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = targetWeight · T² · KL(b_t ‖ b_s) + otherWeight · T² · KL(p̂_t ‖ p̂_s): b = (p_y^T, 1 − p_y^T) is the true class against the
/// rest, p̂ the distribution over the other classes alone (Zhao et al. 2022, eq. 7). Plain KL has otherWeight = 1 − p_t,y^T (eq. 6).
/// z [N, C], y [N], dense labels, C ≥ 3: with two classes there is nothing to tell apart beside the true one.
/// </summary>
public sealed class DecoupledKnowledge(Schedule temperature, double targetWeight = 1, double otherWeight = 8) : Objective
{
    private const int LeastClasses = 3;

    public static ObjectiveEntry Entry { get; } =
        new("decoupled-knowledge", "DKD: the true class and the others apart", "Zhao et al. 2022, arXiv 2203.08679",
        "T²·(a·KL(b_teacher^T ‖ b_student^T) + o·KL(p_teacher^T ‖ p_student^T | c ≠ y))", Needs.DenseLogits,
        given => new DecoupledKnowledge(given.Temperature, given.Number("targetWeight"), given.Number("otherWeight")))
    {
        UsesClass = true,
        LeastClasses = LeastClasses,
        Keys =
        [
            ObjectiveKey.Number("targetWeight", 1, NumberRange.Positive(1000), "the paper's α") with { Symbol = "a",
                Meaning = "targetWeight" },
            ObjectiveKey.Number("otherWeight", 8, NumberRange.Positive(1000),
                "the paper's β on CIFAR-100; 0.5 with many classes") with { Symbol = "o", Meaning = "otherWeight" },
        ],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        if (signals.Logits.Shape[1] < LeastClasses)
            throw new RetortException(Name, $"{signals.Logits.Shape[1]} classes.",
                $"at least {LeastClasses}: the divergence among the other classes is 0 with two.", "use soft-label.");
        var t = temperature.At(update);
        var (own, rest) = Columns(step, signals);
        var teacher = signals.TeacherLogits(step);
        var target = step.RowLoss(Binary(step, signals.Logits, own, rest, t), RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1), null,
            TeacherTarget.Logits(Binary(step, teacher, own, rest, t)));
        var others = step.RowLoss(step.Gather(signals.Logits, rest), RowLossTerms.SoftOnly(SoftLoss.ForwardKl, t), null,
            TeacherTarget.Logits(step.Gather(teacher, rest)));
        return step.Add(step.Scale(target.Loss, targetWeight * t * t), step.Scale(others.Loss, otherWeight));
    }

    /// <summary>Two logits whose softmax is (p_y^T, 1 − p_y^T): z_y/T, and ln Σ exp(z_c/T) over the other classes.</summary>
    private static Tensor Binary(Step step, Tensor logits, Tensor own, Tensor rest, double t) =>
        step.Concat(1, step.Scale(step.Gather(logits, own), 1 / t),
            step.Reduce(Reduction.LogSumExp, step.Scale(step.Gather(logits, rest), 1 / t), -1, keep: true));

    /// <summary>Ids of the true class [N, 1], and of all others [N, C − 1].</summary>
    private static (Tensor Own, Tensor Others) Columns(Step step, Signals signals)
    {
        var (rows, classes) = (signals.Classes.Length, (int)signals.Logits.Shape[1]);
        var rest = new int[rows * (classes - 1)];
        for (var row = 0; row < rows; row++)
            for (var c = 0; c < classes - 1; c++)
                rest[row * (classes - 1) + c] = c < signals.Classes.Span[row] ? c : c + 1;
        return (step.Constant(new Shape(rows, 1), signals.Classes.Span), step.Constant(new Shape(rows, classes - 1), rest));
    }
}
