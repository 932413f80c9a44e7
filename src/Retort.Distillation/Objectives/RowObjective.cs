using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>An objective that is a row loss: <see cref="WeightedSum"/> computes one hard and one soft of them in a single pass.</summary>
public abstract class RowObjective : Objective
{
    /// <summary>The pass for this objective alone: its hard or its soft weight is a factor of the equation, usually 1.</summary>
    public abstract RowLossTerms TermsAt(long update);

    /// <summary>The same where the pass depends on who wrote a text.</summary>
    public virtual RowLossTerms TermsOf(Signals signals, long update) => TermsAt(update);

    /// <summary>What the student is compared with, where the objective changes the teacher's answer; null = that answer as it is.</summary>
    public virtual TeacherTarget? Target(Step step, Signals signals, long update) => null;

    /// <summary>
    /// What happens to the mass that truncated labels left out: the modes in which the divergence is one, the default first.
    /// </summary>
    protected static ObjectiveKey TailKey(SoftLoss soft) => ObjectiveKey.Choice("tail",
        [.. RowLossTerms.TailsOf(soft).Select(mode => $"{mode}").Select(name => char.ToLowerInvariant(name[0]) + name[1..])],
        "the rest is one class: a true distribution, no mass invented");

    public sealed override Tensor Loss(Step step, Signals signals, long update)
    {
        var terms = TermsOf(signals, update);
        return step.RowLoss(step.Scale(signals.Logits, 1), terms,
            terms.HardWeight > 0 ? signals.ClassIds(step) : signals.CountedIds(step), terms.Soft == SoftLoss.None
            ? null
            : Target(step, signals, update) ?? signals.Teacher).Loss;
    }
}
