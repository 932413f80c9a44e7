using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// Generalised Jensen-Shannon divergence: with β = teacherWeight and m = β·p_t + (1 − β)·p_s,
/// L = T² · [β KL(p_t ‖ m) + (1 − β) KL(p_s ‖ m)] / (β(1 − β)); the bracket alone is GKD's (Agarwal et al. 2024, eq. 1), form "plain".
/// The scale makes the limits β → 0 and β → 1 the two KL divergences, which the ends themselves are. z [N, C]; dense labels, or truncated
/// ones with a tail mode.
/// </summary>
public sealed class JensenShannon(Schedule temperature, double teacherWeight, bool scaled = true, TailMode tail = TailMode.TailBucket)
    : RowObjective
{
    private const string Bracket = "T²·JSD_β(p_teacher^T, p_student^T)";

    public static ObjectiveEntry Entry { get; } =
        new("jensen-shannon", "JSD: divergence from the mixture", "Agarwal et al. 2024 (GKD), arXiv 2306.13649",
        Bracket + "/(β(1−β))", ObjectiveEntry.AnyLogits,
        given => new JensenShannon(given.Temperature, given.Number("teacherWeight"), given.Choice("form") == "scaled", given.Tail))
    {
        Keys =
        [
            ObjectiveKey.Number("teacherWeight", 0.5, new NumberRange(0, 1), "the symmetric mixture") with { Symbol = "β",
                Meaning = "the teacher's share" },
            ObjectiveKey.Choice("form", ["scaled", "plain"], "its ends are the two divergences, so weights keep their meaning"),
            TailKey(SoftLoss.JensenShannon),
        ],
        FormulaOf = recipe => recipe.Value("form") == "plain" ? Bracket : Bracket + "/(β(1−β))",
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => teacherWeight switch
    {
        0 => RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update)) with { Tail = tail },
        1 => RowLossTerms.SoftOnly(SoftLoss.ReverseKl, temperature.At(update)) with { Tail = tail },
        _ => RowLossTerms.SoftOnly(SoftLoss.JensenShannon, temperature.At(update)) with
        {
            SoftWeight = scaled ? 1 / (teacherWeight * (1 - teacherWeight)) : 1,
            TeacherWeight = teacherWeight,
            Tail = tail,
        },
    };
}
