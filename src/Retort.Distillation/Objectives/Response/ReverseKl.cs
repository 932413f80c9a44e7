using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = softWeight · T² · KL(p_student^T ‖ p_teacher^T): mode-seeking (Gu et al. 2024, MiniLLM, section 2.1). z [B, C], dense labels.
/// </summary>
public sealed class ReverseKl(Schedule softWeight, Schedule temperature) : Objective
{
    public override string Name => "reverse-kl";

    public override RowLossTerms TermsAt(long step) =>
        RowLossTerms.SoftOnly(SoftLoss.ReverseKl, temperature.At(step)) with { SoftWeight = softWeight.At(step) };
}
