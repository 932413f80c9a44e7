using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Sequence;

/// <summary>
/// Estimators of KL(student ‖ teacher) from tokens that the student sampled; ℓ = ln p_teacher − ln p_student of the token.
/// </summary>
public enum SampledEstimator
{
    /// <summary>−ℓ: unbiased, of any sign.</summary>
    K1,

    /// <summary>½ℓ²: its gradient is right on average, its value is not.</summary>
    K2,

    /// <summary>e^ℓ − 1 − ℓ: unbiased and never below 0 (Schulman 2020).</summary>
    K3,
}

/// <summary>
/// The divergence at sampled tokens, where the teacher says only how likely each of them is. As a loss its gradient is that of
/// weight · (−ln p_student(token)), a constant weight: a row loss of hard labels takes it as the weights of its rows. Texts that the
/// student did not write say nothing to it.
/// </summary>
/// <param name="estimator">k2 or k3.</param>
public sealed class SampledDivergence(SampledEstimator estimator) : WeighedObjective
{
    public static ObjectiveEntry Entry { get; } = new("sampled-divergence", "k2, k3: reverse KL from the sampled tokens alone",
        "Schulman 2020, joschu.net/blog/kl-approx.html", "½ℓ(y)² on own answers y, ℓ = ln p_teacher(y) − ln p_student(y)", Needs.OwnAnswers,
        given => new SampledDivergence(Enum.Parse<SampledEstimator>(given.Choice("estimator"), ignoreCase: true)))
    {
        WeighsDraws = true,
        Keys = [ObjectiveKey.Choice("estimator", ["k2", "k3"], "its mean gradient is that of reverse KL")],
        FormulaOf = recipe => $"{(recipe.Value("estimator") == "k2" ? "½ℓ(y)²" : "[exp ℓ(y) − 1 − ℓ(y)]")} on own answers y, "
            + "ℓ = ln p_teacher(y) − ln p_student(y)",
    };

    public override string Name => Entry.Name;
    public override RowLossTerms Terms => RowLossTerms.HardOnly();

    protected override WeighedRows? Rows(Step step, Signals signals)
    {
        if (signals.Said is not { ByStudent: true } said) return null;
        var ids = step.Constant(new Shape(said.Tokens.Length), said.Tokens.Span);
        var (own, their) = (OfStudent(step, signals, ids), OfTeacher(step, signals, ids));
        return new WeighedRows(ids, new RowWeights(step.Constant(ids.Shape, WeightsOf(estimator, own, their).AsSpan()), null), null,
            Values(estimator, own, their).Average());
    }

    /// <param name="estimator">Which.</param>
    /// <param name="student">ln p of each sampled token.</param>
    /// <param name="teacher">The same by the teacher.</param>
    /// <returns>The estimate at each token.</returns>
    /// <exception cref="RetortException">Counts differ.</exception>
    public static double[] Values(SampledEstimator estimator, ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) =>
        Map(student, teacher, ratio => estimator switch
        {
            SampledEstimator.K1 => -ratio,
            SampledEstimator.K2 => 0.5 * ratio * ratio,
            _ => Math.Exp(ratio) - 1 - ratio,
        });

    /// <summary>∂value/∂(−ln p_student): ℓ for k2, e^ℓ − 1 for k3.</summary>
    /// <param name="estimator">k2 or k3.</param>
    /// <param name="student">ln p of each sampled token.</param>
    /// <param name="teacher">The same by the teacher.</param>
    /// <returns>The weight of each token's cross-entropy.</returns>
    /// <exception cref="RetortException">Of k1, or counts differ.</exception>
    public static double[] WeightsOf(SampledEstimator estimator, ReadOnlySpan<double> student, ReadOnlySpan<double> teacher)
    {
        if (estimator == SampledEstimator.K1)
            throw new RetortException("sampled divergence", "k1 as a loss: its gradient is −1 for every token, and 0 on average.",
                "k2 or k3, or k1 as the advantage of a policy gradient.", "use k2: its weights are that policy gradient.");
        return Map(student, teacher, ratio => estimator == SampledEstimator.K2 ? ratio : Math.Exp(ratio) - 1);
    }

    private static double[] Map(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher, Func<double, double> function)
    {
        if (student.Length != teacher.Length)
            throw new RetortException("sampled divergence", $"{student.Length} student and {teacher.Length} teacher numbers.",
                "one of each for every token.");
        var values = new double[student.Length];
        for (var i = 0; i < values.Length; i++) values[i] = function(teacher[i] - student[i]);
        return values;
    }
}
