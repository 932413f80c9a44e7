using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · [w KL(p_t ‖ p_s) + (1 − w) KL(p_s ‖ p_t)], w = g_head/(g_head + g_tail) of each row and a constant, g = Σ |p_t − p_s|: the head
/// is what the forward divergence fits first, the tail what the reverse one does (Wu et al. 2025, arXiv 2404.02657). Head: the fewest of
/// the teacher's likeliest classes that hold headMass, with all that are as likely as the last of them, so that the order of the vocabulary
/// means nothing. z [N, C]; dense labels, or truncated ones whose rest is one class.
/// </summary>
public sealed class AdaptiveKl(Schedule temperature, double headMass = 0.5) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("adaptive-kl", "AKL: forward where the head is off, reverse where the tail is", "Wu et al. 2025, arXiv 2404.02657",
        "T²·[w_μ·KL(p_teacher^T ‖ p_student^T) + (1−w_μ)·KL(p_student^T ‖ p_teacher^T)]",
        ObjectiveEntry.AnyLogits, given => new AdaptiveKl(given.Temperature, given.Number("headMass")))
    {
        Keys = [ObjectiveKey.Number("headMass", 0.5, NumberRange.Positive(1), "the paper's") with { Symbol = "μ",
            Meaning = "the mass of the head, whose share of the differences is w_μ" }, TailKey(SoftLoss.AdaptiveKl)],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) =>
        RowLossTerms.SoftOnly(SoftLoss.AdaptiveKl, temperature.At(update)) with { HeadMass = headMass };
}
