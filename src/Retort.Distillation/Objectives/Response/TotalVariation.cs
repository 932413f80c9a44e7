using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = ½ Σ_c |p_t − p_s|, at temperature 1 (Wen et al. 2023, f-distill); 1 − L is what speculative decoding accepts. z [N, C]; dense
/// labels, or truncated ones with a tail mode.
/// </summary>
public sealed class TotalVariation(TailMode tail = TailMode.TailBucket) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("total-variation", "TVD: half the sum of absolute differences", "Wen et al. 2023 (f-distill), arXiv 2307.15190",
        "½·Σ|p_teacher − p_student|", ObjectiveEntry.AnyLogits, given => new TotalVariation(given.Tail))
        {
            Keys = [TailKey(SoftLoss.TotalVariation)],
        };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.TotalVariation, 1) with { Tail = tail };
}
