using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · [r·(1 − mean over examples of ρ(p_s,n·, p_t,n·)) + c·(1 − mean over classes of ρ(p_s,·c, p_t,·c))] with Pearson's ρ of
/// p = softmax(z/T): relations between classes (rows), and between examples (columns), not exact values (Huang et al. 2022, section 3).
/// z [N, C], dense labels.
/// </summary>
public sealed class CorrelationMatch(Schedule temperature, double rowWeight = 1, double columnWeight = 1) : Objective
{
    /// <summary>Added to the product of norms, as the reference implementation does: a constant row has no correlation.</summary>
    private const double Epsilon = 1e-8;

    public static ObjectiveEntry Entry { get; } =
        new("correlation-match", "DIST: correlations between classes and between examples", "Huang et al. 2022, arXiv 2205.10536",
        "T²·(r·(1 − mean_n ρ(p_student^T, p_teacher^T)) + c·(1 − mean_c ρ(p_student^T, p_teacher^T)))", Needs.DenseLogits,
        given => new CorrelationMatch(given.Temperature, given.Number("rowWeight"), given.Number("columnWeight")))
    {
        Keys =
        [
            ObjectiveKey.Number("rowWeight", 1, new NumberRange(0, 1000), "the paper's β") with { Symbol = "r", Meaning = "rowWeight" },
            ObjectiveKey.Number("columnWeight", 1, new NumberRange(0, 1000), "the paper's γ") with { Symbol = "c",
                Meaning = "columnWeight" },
        ],
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var t = temperature.At(update);
        var student = step.Exp(signals.LogProbabilities(step, t));
        var teacher = step.Exp(signals.TeacherLogProbabilities(step, t));
        var rows = step.Scale(Distance(step, student, teacher, 1), rowWeight);
        var columns = step.Scale(Distance(step, student, teacher, 0), columnWeight);
        return step.Scale(step.Add(rows, columns), t * t);
    }

    /// <summary>1 − mean of ρ along a dimension.</summary>
    internal static Tensor Distance(Step step, Tensor x, Tensor y, int dimension)
    {
        (x, y) = (step.Centred(x, dimension), step.Centred(y, dimension));
        var norms = step.Multiply(step.Reduce(Reduction.L2Norm, x, dimension), step.Reduce(Reduction.L2Norm, y, dimension));
        var correlations = step.Divide(step.Sum(step.Multiply(x, y), dimension), step.Plus(norms, Epsilon));
        return step.Minus(1, step.MeanAll(correlations));
    }
}
