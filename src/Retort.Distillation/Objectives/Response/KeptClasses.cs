using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p̃_t^T ‖ p̃_s^T), p̃ over the teacher's kept classes alone, for teacher and student: what the student says about all
/// other classes is left to another term (a hard label, say). Top-k labels; z [N, C], ids [N, K]. Unlike the tail mode
/// <c>renormalise</c> of soft-label, where the student is normalised over every class.
/// </summary>
public sealed class KeptClasses(Schedule temperature) : Objective
{
    /// <summary>A logit whose probability is 0 in any precision.</summary>
    private const double Never = -1e9;

    public static ObjectiveEntry Entry { get; } = new("kept-classes", "Divergence over the kept classes alone", "–",
        "T²·KL(p_teacher^T ‖ p_student^T | kept)", Needs.TopLogits, given => new KeptClasses(given.Temperature));

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        if (signals.Teacher is not { Form: TeacherForm.TopK } teacher) throw new RetortException(Name, "needs the teacher's kept classes.",
            "labels of kind top-k.");
        var ids = new int[teacher.Ids.Shape.Count];
        step.Device.Read(teacher.Ids, ids.AsSpan());
        var unused = step.Constant(teacher.Ids.Shape, [.. ids.Select(id => id < 0 ? Never : 0)]);
        var places = step.Constant(teacher.Ids.Shape, [.. ids.Select(id => Math.Max(0, id))]);
        return step.RowLoss(step.Add(step.Gather(signals.Logits, places), unused),
            RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update)), null,
            TeacherTarget.Logits(step.Add(teacher.Values, unused))).Loss;
    }
}
