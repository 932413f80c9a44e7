using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_m ‖ p_s), p_m = softmax(((1 − t)·z_s + t·z_t)/T) and a constant: a teacher that starts near the student and ends as
/// itself, t rising in a line from teacherWeight to 1 over the updates (Shing et al. 2025, TAID; their t may run ahead of the line by what
/// a step gained, which is not here). z [N, C]; dense labels, or truncated ones whose rest is one class.
/// </summary>
public sealed class InterpolatedTeacher(Schedule temperature, Schedule teacherWeight) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("interpolated-teacher", "TAID: a teacher between student and teacher", "Shing et al. 2025, arXiv 2501.16937",
        "T²·KL(p_t^T ‖ p_student^T)", ObjectiveEntry.AnyLogits,
        given => new InterpolatedTeacher(given.Temperature,
            new Schedule(ScheduleKind.Linear, given.Number("teacherWeight"), 1, given.TotalSteps) { Holds = true }))
    {
        Keys = [ObjectiveKey.Number("teacherWeight", 0.4, NumberRange.Positive(1), "the paper's start") with { Symbol = "t",
            Meaning = "the teacher's share of the logits of p_t at the start, 1 at the end" }, TailKey(SoftLoss.Interpolated)],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update)
    {
        var share = teacherWeight.At(update);
        return RowLossTerms.SoftOnly(share < 1 ? SoftLoss.Interpolated : SoftLoss.ForwardKl, temperature.At(update)) with
        {
            TeacherWeight = share,
        };
    }
}
