using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ mean over all elements of (G_s − G_t)², G = (1/(h·w)) Σ_places F_1ᵀ F_2 between two layers that follow each other: how the
/// solution flows from one to the next (Yim et al. 2017, FSP, eq. 1 and 2). F [B, C, H, W], the larger map averaged to the smaller;
/// two or more pairs, each with the channels of its teacher.
/// </summary>
public sealed class FlowOfSolution : FeatureObjective
{
    public FlowOfSolution(ObjectiveContext given) : base(given.Pairs)
    {
        if (given.Pairs.Count < 2)
            throw new RetortException(Entry.Name, $"{given.Pairs.Count} pair of features.", "two or more: the flow is between layers.",
                "name a later pair too.");
        for (var i = 0; i < given.Pairs.Count; i++)
            if (given.Shapes[i].Student[0] != given.Shapes[i].Teacher[0])
            {
                throw new RetortException(Entry.Name,
                    $"'{given.Pairs[i].Student}' has {given.Shapes[i].Student[0]} channels, the teacher's '{given.Pairs[i].Teacher}' {given.Shapes[i].Teacher[0]}.",
                    "equal channels: the matrices have one number for each pair of channels.",
                        "choose other taps, or attention-transfer, which needs no equal channels.");
            }
    }

    public static ObjectiveEntry Entry { get; } =
        new("flow-of-solution", "FSP: products of layers that follow each other", "Yim et al. 2017, CVPR",
        "mean((G_student − G_teacher)²), G = F₁ᵀF₂/(h·w)", Needs.Features, given => new FlowOfSolution(given)) { TapRank = 3 };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        Tensor? total = null;
        for (var i = 1; i < Pairs.Count; i++)
        {
            var loss = Distance(step, (signals.StudentAt(Pairs[i - 1].Student), signals.StudentAt(Pairs[i].Student)),
                (signals.TeacherAt(Pairs[i - 1].Teacher), signals.TeacherAt(Pairs[i].Teacher)));
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return total!.Value;
    }

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        throw new RetortException(Name, "compares two layers at once.");

    /// <summary>Of the flows between two layers of student and teacher.</summary>
    public static Tensor Distance(Step step, (Tensor First, Tensor Second) student, (Tensor First, Tensor Second) teacher) =>
        step.MeanSquaredDifference(Flow(step, student.First, student.Second), Flow(step, teacher.First, teacher.Second));

    /// <summary>[B, channels of the second, channels of the first]</summary>
    private static Tensor Flow(Step step, Tensor first, Tensor second)
    {
        (first, second) = step.Aligned(first, second);
        return step.Scale(step.MatMul(step.FlatMaps(second), step.FlatMaps(first), transposeB: true), 1.0 / first.Shape.CountOf(2, 4));
    }
}
