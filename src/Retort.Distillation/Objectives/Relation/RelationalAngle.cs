using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = Σ_pairs mean over all B³ triplets of h(cos ∠_s(i, j, k) − cos ∠_t(i, j, k)), the angle at example j between examples i and k, h
/// Huber's
/// loss (Park et al. 2019, RKD-A, eq. 8 and 9). F [B, …], flattened; widths may differ. Memory grows with B²·width and B³.
/// </summary>
public sealed class RelationalAngle(IReadOnlyList<FeaturePair> pairs) : FeatureObjective(pairs)
{
    public static ObjectiveEntry Entry { get; } =
        new("relational-angle", "RKD-A: angles between examples", "Park et al. 2019, arXiv 1904.05068",
        "mean h(cos ∠_student − cos ∠_teacher)", Needs.Features, given => new RelationalAngle(given.Pairs));

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        step.MeanSmoothAbsolute(step.Subtract(Angles(step, step.Flat(student)), Angles(step, step.Flat(teacher))));

    /// <summary>[B, B, B]: cosines at the first example.</summary>
    private static Tensor Angles(Step step, Tensor x)
    {
        long count = x.Shape[0], width = x.Shape[1];
        var directions =
            step.Normalised(step.Subtract(step.Reshape(x, new Shape(1, count, width)), step.Reshape(x, new Shape(count, 1, width))), -1);
        return step.MatMul(directions, directions, transposeB: true);
    }
}
