using Retort.Tensors;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean over all elements of (z̄_student − z̄_teacher)², z̄ = z − mean z of each example: logit regression that leaves the offset
/// alone, which no softmax sees (after Ba and Caruana 2014; the high-temperature limit of soft labels, Hinton 2015, eq. 4).
/// z [N, C], dense labels.
/// </summary>
public sealed class CentredLogits : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("centred-logits", "Mean squared error of logits without their offset", "Ba, Caruana 2014, arXiv 1312.6184",
        "mean((z̄_student − z̄_teacher)²)", Needs.DenseLogits, _ => new CentredLogits());

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) =>
        step.MeanSquaredDifference(step.Centred(signals.Logits, -1), step.Centred(signals.TeacherLogits(step), -1));
}
