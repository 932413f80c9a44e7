using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.CrossModal;

/// <summary>
/// L = Σ_pairs ½·(CE over rows + CE over columns) of the batch's B × B cosines of r(F_s) and F_t by τ, the pair of the same row being
/// right: InfoNCE both ways (van den Oord et al. 2018, eq. 4; Radford et al. 2021, figure 3), the teacher's encoder standing still. r is an
/// adapter where the widths differ. F [B, features]; maps are flattened. Not 0 at equality: other rows of the batch are pushed away.
/// </summary>
public sealed class ContrastiveTransfer(ObjectiveContext given) : AdaptedObjective(given)
{
    private readonly double _sharpness = 1 / given.Number("contrastTemperature");

    public static ObjectiveEntry Entry { get; } =
        new("contrastive-transfer", "InfoNCE: telling a pair from the batch's other pairs",
        "van den Oord et al. 2018, arXiv 1807.03748; Radford et al. 2021, arXiv 2103.00020",
        "½·(InfoNCE(F_student → F_teacher) + InfoNCE(F_teacher → F_student))", Needs.Features, given => new ContrastiveTransfer(given))
    {
        Keys = [ObjectiveKey.Number("contrastTemperature", 0.07, NumberRange.Positive(100), "where CLIP's learnt τ starts")],
    };

    public override string Name => Entry.Name;

    public override Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        var (own, other) = (step.Normalised(step.Flat(student), -1), step.Normalised(step.Flat(teacher), -1));
        var rows = (int)own.Shape[0];
        int[] places = [.. Enumerable.Range(0, rows)];
        var right = step.Constant(new Shape(rows), places);
        Tensor Told(Tensor from, Tensor among) =>
            step.RowLoss(step.Scale(step.MatMul(from, among, transposeB: true), _sharpness), RowLossTerms.HardOnly(), right).Loss;
        return step.Scale(step.Add(Told(own, other), Told(other, own)), 0.5);
    }
}
