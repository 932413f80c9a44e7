using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = Σ_pairs mean over all B² pairs of P_t ln(P_t/P_s), P = the rows of (cosine + 1)/2 divided by their sums: the chance that an example
/// would pick another as its neighbour (Passalis and Tefas 2018, PKT, eq. 5 to 7; a mean over B², as the code has it, so weights are
/// large).
/// F [B, …], flattened; widths may differ.
/// </summary>
public sealed class ProbabilisticTransfer(IReadOnlyList<FeaturePair> pairs) : FeatureObjective(pairs)
{
    private const double Epsilon = 1e-7;

    public static ObjectiveEntry Entry { get; } =
        new("probabilistic-transfer", "PKT: chances of being neighbours", "Passalis, Tefas 2018, ECCV",
        "mean(P_teacher·ln(P_teacher/P_student))", Needs.Features, given => new ProbabilisticTransfer(given.Pairs));

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        var (s, t) = (Chances(step, step.Flat(student)), Chances(step, step.Flat(teacher)));
        return step.MeanAll(step.Multiply(t, step.Subtract(step.Log(step.Plus(t, Epsilon)), step.Log(step.Plus(s, Epsilon)))));
    }

    private static Tensor Chances(Step step, Tensor x)
    {
        x = step.Divide(x, step.Plus(step.Reduce(Reduction.L2Norm, x, -1, keep: true), Epsilon));
        var similarity = step.Scale(step.Plus(step.MatMul(x, x, transposeB: true), 1), 0.5);
        return step.Divide(similarity, step.Sum(similarity, -1, keep: true));
    }
}
