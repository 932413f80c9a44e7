using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>What the rows of one pass are compared with, and how much each of them counts.</summary>
/// <param name="Ids">[N] int32 tokens of the hard part.</param>
/// <param name="Weights">Constants, of any sign.</param>
/// <param name="Target">Of the soft part; null = the teacher's own answer.</param>
/// <param name="HardValue">What the hard part is worth, mean over rows: Σ weight · (−ln p) has its gradient, and not its value.</param>
public sealed record WeighedRows(Tensor Ids, RowWeights Weights, TeacherTarget? Target, double HardValue);

/// <summary>
/// A row loss whose rows have weights of their own, found by a look at both models before the pass: a policy gradient, or a divergence of
/// several tokens together. <see cref="WeightedSum"/> gives it a pass for itself, in chunks where the logits are not made yet.
/// </summary>
public abstract class WeighedObjective : Objective
{
    public abstract RowLossTerms Terms { get; }

    /// <summary>Not on other logits than those of the texts.</summary>
    public sealed override bool PullsAtLogits => false;

    /// <param name="step">The running step; nothing is recorded.</param>
    /// <param name="signals">With <see cref="Signals.Said"/>.</param>
    /// <returns>Null where this batch says nothing to it.</returns>
    protected abstract WeighedRows? Rows(Step step, Signals signals);

    public sealed override Tensor Loss(Step step, Signals signals, long update) => Lose(step, signals, 1);

    /// <param name="step">The running step.</param>
    /// <param name="signals">The student's logits, or its head.</param>
    /// <param name="factor">Of the loss.</param>
    internal Tensor Lose(Step step, Signals signals, double factor)
    {
        var rows = Rows(step, signals);
        var ids = rows?.Ids ?? Ignored(step, signals); // gradients of 0
        var terms = rows is null ? RowLossTerms.HardOnly()
            : Terms with { HardWeight = factor * Terms.HardWeight, SoftWeight = factor * Terms.SoftWeight };
        var own = terms.Soft == SoftLoss.None || rows?.Target is not null; // the teacher's answer as it is does not take part
        var weights = rows?.Weights ?? default;
        var result = signals.Head is { } head
            ? step.HeadLoss(head.Hidden, head.Weight, null, terms, ids,
                own || signals.TeacherHead is not null ? rows?.Target : signals.Teacher, own ? null : signals.TeacherHead, weights: weights)
            : step.RowLoss(step.Scale(signals.Logits, 1), terms, ids, own ? rows?.Target : signals.Teacher, weights);
        if (rows is not { Weights.Hard: { } hard }) return result.Loss;
        var counted = step.Device.ToDoubles(result.HardLosses).Zip(step.Device.ToDoubles(hard), (loss, weight) => loss * weight).Sum();
        return step.Add(result.Loss,
            step.Constant(new Shape(), [factor * Terms.HardWeight * (rows.HardValue - counted / Math.Max(1, result.Counted))]));
    }

    /// <summary>ln p of each token that was said, by the student as it is: nothing is recorded.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="signals">With <see cref="Signals.Said"/>.</param>
    /// <param name="ids">[N] the tokens.</param>
    protected static double[] OfStudent(Step step, Signals signals, Tensor ids) => step.Frozen(() => signals.Head is { } head
        ? Logarithms(step, new TeacherHead(head.Hidden, head.Weight), ids)
        : Logarithms(step, signals.Logits, ids));

    /// <summary>The same by the teacher.</summary>
    /// <inheritdoc cref="OfStudent"/>
    protected static double[] OfTeacher(Step step, Signals signals, Tensor ids) => step.Frozen(() => signals.TeacherHead is { } head
        ? Logarithms(step, signals.Head is { } own ? OfClasses(head, own.Weight.Shape[0]) : head, ids)
        : Logarithms(step, signals.TeacherLogits(step), ids));

    /// <summary>ln p of one token of each row, made chunk by chunk.</summary>
    /// <param name="step">The running step; nothing is recorded.</param>
    /// <param name="head">Hidden states and what makes logits of them.</param>
    /// <param name="ids">[N] the tokens.</param>
    protected static double[] Logarithms(Step step, TeacherHead head, Tensor ids) => Negated(step.Device.ToDoubles(
        step.HeadLoss(head.Hidden, head.Weight, head.Bias, RowLossTerms.HardOnly(), ids).HardLosses));

    private static double[] Logarithms(Step step, Tensor logits, Tensor ids) =>
        Negated(step.Device.ToDoubles(step.RowLoss(step.Scale(logits, 1), RowLossTerms.HardOnly(), ids).HardLosses));

    private static TeacherHead OfClasses(TeacherHead head, long classes) => new(head.Hidden,
        head.Weight.Part(0, new Shape(classes, head.Weight.Shape[1])), head.Bias?.Part(0, new Shape(classes)));

    private static Tensor Ignored(Step step, Signals signals)
    {
        var ids = new int[signals.Head is { } head ? head.Hidden.Shape[0] : signals.Logits.Shape[0]];
        Array.Fill(ids, Signals.Ignored);
        return step.Constant(new Shape(ids.Length), ids);
    }

    private static double[] Negated(double[] losses) => [.. losses.Select(loss => -loss)];
}
