using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = −Σ_c p̂ ln p_s, p̂ = counts/draws of classes that were drawn from the teacher at T = 1; ∂L/∂z = p_s − p̂, whose mean over draws is
/// the gradient of the whole distribution, where the largest classes alone would be biased (Anshumann et al. 2025, arXiv 2503.16870). The
/// value holds the teacher's entropy: it is not 0 at equality. z [N, C]; sampled labels: ids and ln p̂ [N, K], no tail.
/// </summary>
public sealed class SampledLabel : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("sampled-label", "RS-KD: cross-entropy against classes drawn from the teacher", "Anshumann et al. 2025, arXiv 2503.16870",
        "−Σ p̂_teacher·ln p_student", Needs.SampledLogits, _ => new SampledLabel());

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) =>
        RowLossTerms.SoftOnly(SoftLoss.CrossEntropy, 1) with { Tail = TailMode.Renormalise };

    /// <summary>What a row loss compares with, from how often each class was drawn.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="ids">[N, K] int32 classes, ascending in a row, −1 = unused.</param>
    /// <param name="counts">[N, K] how often each was drawn, row by row; 0 where unused.</param>
    /// <returns>ids and ln(count/draws), no tail.</returns>
    public static TeacherTarget Target(Step step, Tensor ids, ReadOnlySpan<int> counts)
    {
        var (rows, kept) = ((int)ids.Shape[0], (int)ids.Shape[1]);
        var logarithms = new double[rows * kept];
        for (var row = 0; row < rows; row++)
        {
            var own = counts.Slice(row * kept, kept);
            var draws = 0L;
            foreach (var count in own) draws += count;
            for (var i = 0; i < kept; i++) logarithms[row * kept + i] = Math.Log((double)own[i] / Math.Max(1, draws));
        }
        return TeacherTarget.TopK(ids, step.Constant(ids.Shape, logarithms.AsSpan()), step.Constant(new Shape(rows), new double[rows]));
    }
}
