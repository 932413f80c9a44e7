using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = Σ_pairs mean over all B² pairs of examples of h(d_s/mean d_s − d_t/mean d_t), d the distances between the examples' features, their
/// mean
/// over the B(B − 1) that are not 0, h Huber's loss: who is near whom, in units of the batch (Park et al. 2019, RKD-D, eq. 5 to 7).
/// F [B, …], flattened; widths may differ.
/// </summary>
public sealed class RelationalDistance(IReadOnlyList<FeaturePair> pairs) : FeatureObjective(pairs)
{
    private const double SmallestSquare = 1e-12;

    public static ObjectiveEntry Entry { get; } =
        new("relational-distance", "RKD-D: distances between examples", "Park et al. 2019, arXiv 1904.05068",
        "mean h(d_student/mean d − d_teacher/mean d)", Needs.Features, given => new RelationalDistance(given.Pairs));

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        step.MeanSmoothAbsolute(step.Subtract(Distances(step, step.Flat(student)), Distances(step, step.Flat(teacher))));

    /// <summary>[B, B] in units of their mean; the diagonal is 0.</summary>
    private static Tensor Distances(Step step, Tensor x)
    {
        var count = x.Shape[0];
        if (count < 2) return step.MatMul(x, step.Constant(x.Shape, new double[x.Shape.Count]), transposeB: true); // no distance: 0, [1, 1]
        var squares = step.Sum(step.Square(x), -1, keep: true);
        var difference =
            step.Subtract(step.Add(squares, step.Transpose(squares, 0, 1)), step.Scale(step.MatMul(x, x, transposeB: true), 2));
        var others = new double[count * count];
        for (var i = 0L; i < count * count; i++) others[i] = i % (count + 1) == 0 ? 0 : 1;
        var distances = step.Apply(Unary.SquareRoot, step.Apply(Unary.Clamp, difference, SmallestSquare, double.MaxValue));
        distances = step.Multiply(distances, step.Constant(new Shape(count, count), others));
        return step.Divide(distances, step.Scale(step.SumAll(distances), 1.0 / (count * (count - 1))));
    }
}
