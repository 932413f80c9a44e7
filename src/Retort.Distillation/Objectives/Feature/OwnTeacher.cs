using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = mean over exits of [(1 − s)·CE(y, p_e) + s·T²·KL(p^T ‖ p_e^T)]: the model's own last answer p, as a constant, teaches its earlier
/// exits (Zhang et al. 2019, be your own teacher, eq. 7 to 9; their third term, a hint between features, is hint's business). The last
/// answer learns beside it, from hard-label or a teacher. z [N, C], exits [N, C] each, y [N].
/// </summary>
public sealed class OwnTeacher(Schedule temperature, double share) : Objective
{
    private const string Prefix = "exits.";

    public static ObjectiveEntry Entry { get; } =
        new("own-teacher", "BYOT: the last answer teaches earlier exits", "Zhang et al. 2019, arXiv 1905.08094",
        "mean_e((1 − s)·CE(y, p_e) + s·T²·KL(p_student^T ‖ p_e^T))", Needs.HardLabels,
        given => new OwnTeacher(given.Temperature, given.Number("ownShare")))
    {
        UsesClass = true,
        Watches = taps => taps.Where(tap => tap.StartsWith(Prefix, StringComparison.Ordinal)),
        Keys =
        [
            ObjectiveKey.Number("ownShare", 0.5, new NumberRange(0, 1), "class and own answer alike") with { Symbol = "s",
                Meaning = "ownShare" },
        ],
    };

    public override string Name => Entry.Name;

    /// <summary>It pulls at the exits.</summary>
    public override bool PullsAtLogits => false;

    /// <exception cref="RetortException">The student has no exits.</exception>
    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var exits = signals.Taps.Where(tap => tap.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(tap => tap.Key).ToList();
        if (exits.Count == 0)
            throw new RetortException(Name, "the student has no exits.", "a conv-net of two blocks or more with exits: true.");
        var t = temperature.At(update);
        var own = step.Frozen(() => step.Scale(signals.Logits, 1)); // no gradient flows back from here
        var terms = RowLossTerms.SoftOnly(SoftLoss.ForwardKl, t) with { HardWeight = 1 - share, SoftWeight = share };
        Tensor? total = null;
        foreach (var (_, exit) in exits)
        {
            var loss = step.RowLoss(step.Scale(exit, 1), terms, signals.ClassIds(step), TeacherTarget.Logits(own)).Loss;
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return step.Scale(total!.Value, 1.0 / exits.Count);
    }
}
