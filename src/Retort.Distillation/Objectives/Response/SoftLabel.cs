using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = softWeight · T² · KL(p_teacher^T ‖ p_student^T), p^T = softmax(z/T), summed over classes (Hinton, Vinyals and Dean 2015,
/// section 2). ∂L/∂z = softWeight · T · (p_student^T − p_teacher^T). z [B, C].
/// </summary>
public sealed class SoftLabel(Schedule softWeight, Schedule temperature, TailMode tail = TailMode.TailBucket) : Objective
{
    public override string Name => "soft-label";

    public override RowLossTerms TermsAt(long step) =>
        RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(step)) with { SoftWeight = softWeight.At(step), Tail = tail };
}
