using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean k(t, t′) + mean k(s, s′) − 2 mean k(s, t), k(a, b) = (aᵀb)² over channel maps of norm 1: the two sets of maps as
/// samples, and the maximum mean discrepancy between them (Huang and Wang 2017, NST, eq. 8 with the polynomial kernel).
/// F [B, C, H, W]; channels may differ, the larger map is averaged to the smaller.
/// </summary>
public sealed class NeuronSelectivity(IReadOnlyList<FeaturePair> pairs) : FeatureObjective(pairs)
{
    public static ObjectiveEntry Entry { get; } =
        new("neuron-selectivity", "NST: discrepancy between sets of channel maps", "Huang, Wang 2017, arXiv 1707.01219",
        "MMD²(F_student, F_teacher), k(a, b) = (aᵀb)²", Needs.Features, given => new NeuronSelectivity(given.Pairs)) { TapRank = 3 };

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = step.Aligned(student, teacher);
        var (s, t) = (step.Normalised(step.FlatMaps(student), -1), step.Normalised(step.FlatMaps(teacher), -1));
        return step.Subtract(step.Add(Kernel(step, t, t), Kernel(step, s, s)), step.Scale(Kernel(step, s, t), 2));
    }

    private static Tensor Kernel(Step step, Tensor a, Tensor b) => step.MeanAll(step.Square(step.MatMul(a, b, transposeB: true)));
}
