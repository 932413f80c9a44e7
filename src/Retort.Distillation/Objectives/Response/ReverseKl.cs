using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_student^T ‖ p_teacher^T): mode-seeking (Gu et al. 2024, MiniLLM, section 2.1). z [N, C]; dense labels, or truncated ones
/// whose rest is one class.
/// </summary>
public sealed class ReverseKl(Schedule temperature) : RowObjective
{
    public static ObjectiveEntry Entry { get; } = new("reverse-kl", "Mode-seeking divergence", "Gu et al. 2024 (MiniLLM), arXiv 2306.08543",
        "T²·KL(p_student^T ‖ p_teacher^T)", ObjectiveEntry.AnyLogits, given => new ReverseKl(given.Temperature))
    {
        Keys = [TailKey(SoftLoss.ReverseKl)],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.ReverseKl, temperature.At(update));
}
