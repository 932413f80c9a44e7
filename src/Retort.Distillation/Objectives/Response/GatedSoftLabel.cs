using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · mean_n w_n · KL(p_teacher^T ‖ p_student^T): soft labels that count by a gate. "correct": w = 1 where the teacher's best class
/// is
/// the true one, else 0; "confidence": w = 1 − H(p_teacher)/ln C; "threshold": w = 1 where max p_teacher ≥ least. The mean is over all
/// examples,
/// so a gate that is often shut lowers the term. z [N, C], y [N], dense labels.
/// </summary>
public sealed class GatedSoftLabel(Schedule temperature, string gate = "correct", double least = 0.5) : Objective
{
    public static ObjectiveEntry Entry { get; } =
        new("gated-soft-label", "Soft labels where the teacher can be trusted", "Wen et al. 2019, arXiv 1911.07471",
        "T²·mean(w·KL(p_teacher^T ‖ p_student^T))", Needs.DenseLogits, given =>
            new GatedSoftLabel(given.Temperature, given.Choice("gate"), given.Number("least")))
    {
        UsesClass = true,
        LeastClasses = 2,
        Keys =
        [
            ObjectiveKey.Choice("gate", ["correct", "confidence", "threshold"], "a wrong answer teaches nothing right"),
            ObjectiveKey.Number("least", 0.5, NumberRange.BelowOne, "sure at least by half; threshold only"),
        ],
        FormulaOf = recipe => "T²·mean(w·KL(p_teacher^T ‖ p_student^T)), w = " + recipe.Value("gate") switch
        {
            "correct" => "1 where argmax p_teacher = y",
            "confidence" => "1 − H(p_teacher)/ln C",
            _ => $"1 where max p_teacher ≥ {recipe.Value("least")}",
        },
    };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var t = temperature.At(update);
        var rows = step.KullbackLeibler(signals.TeacherLogProbabilities(step, t), signals.LogProbabilities(step, t));
        var weights = step.Constant(rows.Shape, Gates(step.Device.ToDoubles(signals.TeacherLogProbabilities(step)), signals.Classes.Span));
        return step.Scale(step.MeanAll(step.Multiply(rows, weights)), t * t);
    }

    private double[] Gates(double[] logarithms, ReadOnlySpan<int> classes)
    {
        var width = classes.Length == 0 ? 1 : logarithms.Length / classes.Length;
        var weights = new double[classes.Length];
        for (var row = 0; row < weights.Length; row++)
        {
            var own = logarithms.AsSpan(row * width, width);
            var best = TeacherRows.Largest(own);
            var entropy = 0.0;
            foreach (var logarithm in own) entropy -= Math.Exp(logarithm) * logarithm;
            weights[row] = gate switch
            {
                "correct" => best == classes[row] ? 1 : 0,
                "confidence" => 1 - entropy / Math.Log(width),
                _ => Math.Exp(own[best]) >= least ? 1 : 0,
            };
        }
        return weights;
    }
}
