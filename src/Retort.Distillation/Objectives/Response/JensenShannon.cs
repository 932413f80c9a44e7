using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// Scaled generalised Jensen-Shannon divergence: with w = teacherWeight and m = w·p_t + (1 − w)·p_s,
/// L = softWeight · T² · [w KL(p_t ‖ m) + (1 − w) KL(p_s ‖ m)] / (w(1 − w)); (Agarwal et al. 2024, GKD, eq. 1 is the bracket).
/// The scale makes the limits w → 0 and w → 1 the two KL divergences. z [B, C], dense labels.
/// </summary>
public sealed class JensenShannon(Schedule softWeight, Schedule temperature, double teacherWeight) : Objective
{
    public override string Name => "jensen-shannon";

    public override RowLossTerms TermsAt(long step) =>
        RowLossTerms.SoftOnly(SoftLoss.JensenShannon, temperature.At(step)) with
        {
            SoftWeight = softWeight.At(step) / (teacherWeight * (1 - teacherWeight)),
            TeacherWeight = teacherWeight,
        };
}
