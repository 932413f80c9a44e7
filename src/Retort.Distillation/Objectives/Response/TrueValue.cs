using Retort.Tensors;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean over examples of (z − y)²: what hard-label is for classes. z [N, 1]; y [N] the true number in standard units, whose mean over
/// the training rows is 0 and whose deviation is 1, so the loss is 1 where nothing was learnt.
/// </summary>
public sealed class TrueValue : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("true-value", "Mean squared error against the true number", "–", "mean((z_student − y)²)", Needs.HardLabels,
            _ => new TrueValue()) { UsesClass = true, OfNumbers = true, WeightKey = "hardWeight" };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) =>
        step.MeanSquaredDifference(signals.Logits, step.Constant(signals.Logits.Shape, signals.Numbers.Span));
}
