using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// Correlations between examples, of embeddings of student and teacher (Peng et al. 2019, CC). form "adjacent", the published code's:
/// L = Σ_pairs mean_i Σ |s − t|_i · |s − t|_{i+1}, neighbours in the batch. form "gaussian", the paper's eq. 8 and 11:
/// L = Σ_pairs ‖C_s − C_t‖_F / B², C_ij = e^(−2γ) Σ_{p ≤ order} (2γ)^p/p! · (x_iᵀx_j)^p. F [B, …], flattened.
/// </summary>
public sealed class CorrelationCongruence : FeatureObjective
{
    private readonly Embeddings[] _embeddings;
    private readonly bool _gaussian;
    private readonly double _gamma;
    private readonly int _order;

    public CorrelationCongruence(ObjectiveContext given) : base(given.Pairs)
    {
        (_gaussian, _gamma, _order) = (given.Choice("form") == "gaussian", given.Number("kernelWidth"), (int)given.Number("order"));
        Weights = new Weights();
        _embeddings = [.. given.Shapes.Select((shapes, i) => new Embeddings(Weights, i, shapes, (int)given.Number("embedding")))];
    }

    private const string Adjacent = "mean_i Σ|s − t|_i·|s − t|_(i+1)";

    public static ObjectiveEntry Entry { get; } =
        new("correlation-congruence", "CC: correlations between examples", "Peng et al. 2019, arXiv 1904.01802",
        Adjacent, Needs.Features, given => new CorrelationCongruence(given))
    {
        FormulaOf = recipe => recipe.Value("form") == "adjacent" ? Adjacent : "‖C_student − C_teacher‖/B²",
        Keys =
        [
            ObjectiveKey.Choice("form", ["adjacent", "gaussian"], "what the published numbers were made with"),
            ObjectiveKey.Number("embedding", 128, new NumberRange(1, 4096, Whole: true), "as in the reference implementation"),
            ObjectiveKey.Number("kernelWidth", 0.4, NumberRange.Positive(100), "the paper's γ; gaussian only"),
            ObjectiveKey.Number("order", 2, new NumberRange(0, 8, Whole: true), "of the Taylor series; gaussian only"),
        ],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _embeddings.Select(embedding => embedding.Description)];

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        var (s, t) = _embeddings[pair].Forward(step, student, teacher);
        return _gaussian ? OfKernels(step, step.Normalised(s, -1), step.Normalised(t, -1), _gamma, _order) : OfNeighbours(step, s, t);
    }

    /// <summary>The form of the code, [B, D] each; 0 for a batch of one.</summary>
    public static Tensor OfNeighbours(Step step, Tensor student, Tensor teacher)
    {
        var delta = step.Apply(Unary.Absolute, step.Subtract(student, teacher));
        var pairs = delta.Shape[0] - 1;
        if (pairs == 0) return step.Scale(step.SumAll(delta), 0);
        return step.Scale(step.SumAll(step.Multiply(step.Slice(delta, 0, 0, pairs), step.Slice(delta, 0, 1, pairs))), 1.0 / pairs);
    }

    /// <summary>The form of the paper, [B, D] each.</summary>
    public static Tensor OfKernels(Step step, Tensor student, Tensor teacher, double gamma, int order)
    {
        var difference = step.Subtract(Kernel(step, student, gamma, order), Kernel(step, teacher, gamma, order));
        var norm = step.Reduce(Reduction.L2Norm, step.Reshape(difference, new Shape(difference.Shape.Count)), 0);
        return step.Scale(norm, 1.0 / difference.Shape.Count);
    }

    private static Tensor Kernel(Step step, Tensor x, double gamma, int order)
    {
        var similarity = step.MatMul(x, x, transposeB: true);
        var factor = Math.Exp(-2 * gamma);
        var power = step.Plus(step.Scale(similarity, 0), 1);
        var kernel = step.Scale(power, factor);
        for (var p = 1; p <= order; p++)
        {
            power = step.Multiply(power, similarity);
            factor *= 2 * gamma / p;
            kernel = step.Add(kernel, step.Scale(power, factor));
        }
        return kernel;
    }
}
