using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_teacher^T ‖ p_student^T), p^T = softmax(z/T), summed over classes (Hinton, Vinyals and Dean 2015, section 2).
/// ∂L/∂z = T · (p_student^T − p_teacher^T). z [N, C]; dense labels, or truncated ones with a tail mode.
/// </summary>
public sealed class SoftLabel(Schedule temperature, TailMode tail = TailMode.TailBucket) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("soft-label", "KD: softened probabilities", "Hinton, Vinyals, Dean 2015, arXiv 1503.02531",
        "T²·KL(p_teacher^T ‖ p_student^T)", ObjectiveEntry.AnyLogits,
        given => new SoftLabel(given.Temperature, given.Tail)) { Keys = [TailKey(SoftLoss.ForwardKl)] };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) =>
        RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update)) with { Tail = tail };
}
