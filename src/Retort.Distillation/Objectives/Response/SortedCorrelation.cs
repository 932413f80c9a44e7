using Retort.Tensors;

namespace Retort.Objectives.Response;

/// <summary>
/// L = 1 − mean over examples of ρ(sort(z_s), sort(z_t)), Pearson's ρ of the logits of each sorted from large to small: only the shape of
/// the answer is taught, neither its classes nor its scale. z [N, C], dense labels of as many classes.
/// </summary>
public sealed class SortedCorrelation : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("sorted-correlation", "Correlation of sorted logits", "none: the example of docs/adding-an-objective.md",
        "1 − mean_n ρ(sort(z_student), sort(z_teacher))", Needs.DenseLogits, _ => new SortedCorrelation());

    public override string Name => Entry.Name;

    /// <summary>Logarithms of probabilities are logits but for a shift, which no correlation sees.</summary>
    public override Tensor Loss(Step step, Signals signals, long update) => CorrelationMatch.Distance(step,
        SortedProbabilities.Sorted(step, signals.LogProbabilities(step, 1)),
        SortedProbabilities.Sorted(step, signals.TeacherLogProbabilities(step, 1)), 1);
}
