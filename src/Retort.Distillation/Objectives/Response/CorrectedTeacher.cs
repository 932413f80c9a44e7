using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p̃_teacher^T ‖ p_student^T): where the teacher is wrong, its logits of the true and of its own class change places
/// before they are softened, so that nothing wrong is taught and the rest is kept (Wen et al. 2019, "probability shift"). z [N, C], y [N],
/// dense labels.
/// </summary>
public sealed class CorrectedTeacher(Schedule temperature) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("corrected-teacher", "Probability shift: the teacher's mistakes put right", "Wen et al. 2019, arXiv 1911.07471",
        "T²·KL(p_corrected^T ‖ p_student^T)", Needs.DenseLogits, given => new CorrectedTeacher(given.Temperature)) { UsesClass = true };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update));

    public override TeacherTarget? Target(Step step, Signals signals, long update) =>
        TeacherTarget.Logits(TeacherRows.Changed(step, signals, (row, logits) =>
    {
        var (own, right) = (TeacherRows.Largest(logits), signals.Classes.Span[row]);
        if (right != Signals.Ignored) (logits[own], logits[right]) = (logits[right], logits[own]);
    }));
}
