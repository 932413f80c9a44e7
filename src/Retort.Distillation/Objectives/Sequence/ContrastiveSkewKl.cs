using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Sequence;

/// <summary>
/// On texts of the data or the teacher L = (2 − w) · T² · KL(p_t ‖ σ·p_t + (1 − σ)·p_s): what the teacher says becomes likelier; on the
/// student's own L = w · T² · KL(p_s ‖ (1 − σ)·p_t + σ·p_s): what it should not have said less likely (Ko et al. 2025, DistiLLM-2).
/// Gradients flow through both mixtures, so that they are those of the value. z [N, C]; a teacher in the loop.
/// </summary>
/// <param name="temperature">T.</param>
/// <param name="skew">σ in (0, 1): what is mixed into the other model.</param>
/// <param name="ownShare">w in [0, 2].</param>
public sealed class ContrastiveSkewKl(Schedule temperature, double skew = 0.1, double ownShare = 1) : RowObjective
{
    public static ObjectiveEntry Entry { get; } = new("contrastive-skew-kl",
        "DistiLLM-2: skew KL on the teacher's texts, skew reverse KL on the student's own", "Ko et al. 2025, arXiv 2503.07067",
        "{(2−w)·T²·KL(p_teacher^T ‖ σ·p_teacher^T + (1−σ)·p_student^T) on given texts, "
        + "w·T²·KL(p_student^T ‖ (1−σ)·p_teacher^T + σ·p_student^T) on own answers}", Needs.OwnAnswers,
        given => new ContrastiveSkewKl(given.Temperature, given.Number("skew"), given.Number("ownShare")))
    {
        Keys =
        [
            ObjectiveKey.Number("skew", 0.1, NumberRange.Positive(0.99), "the paper's start") with { Symbol = "σ",
                Meaning = "what is mixed into the other model" },
            ObjectiveKey.Number("ownShare", 1, new NumberRange(0, 2), "both kinds of text count alike") with { Symbol = "w",
                Meaning = "the weight of own answers" },
        ],
    };

    public override string Name => Entry.Name;

    /// <summary>On texts that are given.</summary>
    public override RowLossTerms TermsAt(long update) => Skewed(SoftLoss.SkewForwardKl, skew, 2 - ownShare, update);

    public override RowLossTerms TermsOf(Signals signals, long update) => signals.Said is { ByStudent: true }
        ? Skewed(SoftLoss.SkewReverseKl, 1 - skew, ownShare, update)
        : TermsAt(update);

    private RowLossTerms Skewed(SoftLoss soft, double teacherWeight, double weight, long update) =>
        RowLossTerms.SoftOnly(soft, temperature.At(update)) with { TeacherWeight = teacherWeight, SoftWeight = weight };
}
