using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// A CONTROL. L = T² · KL(π(p_teacher^T) ‖ p_student^T): the teacher's best class stays, the others change places at random, anew in
/// each step, so confidence remains and every relation between classes is gone (Furlanello et al. 2018, DKPP). What it gains
/// too is no dark knowledge. z [N, C], dense labels.
/// </summary>
public sealed class PermutedKnowledge(Schedule temperature) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("permuted-knowledge", "DKPP: control with shuffled non-best classes", "Furlanello et al. 2018, arXiv 1805.04770",
        "T²·KL(π(p_teacher^T) ‖ p_student^T)", Needs.DenseLogits, given => new PermutedKnowledge(given.Temperature));

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update));

    public override TeacherTarget? Target(Step step, Signals signals, long update)
    {
        var seed = step.NextSeed();
        return TeacherTarget.Logits(TeacherRows.Changed(step, signals, (row, logits) =>
        {
            var best = TeacherRows.Largest(logits);
            (logits[0], logits[best]) = (logits[best], logits[0]);
            for (var i = logits.Length - 1; i > 1; i--) // the first is the best and stays (Fisher and Yates)
            {
                var other = 1 + seed.Below(i, (ulong)i, (ulong)row);
                (logits[i], logits[other]) = (logits[other], logits[i]);
            }
            (logits[0], logits[best]) = (logits[best], logits[0]);
        }));
    }
}
