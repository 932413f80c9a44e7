using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// A CONTROL. L = T² · KL(u ‖ p_student^T), u = a on the true class and the rest spread evenly, a such that u has the mean entropy of
/// the teacher's softened answers in this batch: label smoothing (Szegedy et al. 2016) that is as unsure as the teacher, and knows
/// nothing about classes. What it gains too is no dark knowledge. z [N, C], y [N], dense labels.
/// </summary>
public sealed class EqualEntropySmoothing(Schedule temperature) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("equal-entropy-smoothing", "Control: label smoothing as unsure as the teacher", "Szegedy et al. 2016, arXiv 1512.00567",
        "T²·KL(u ‖ p_student^T), H(u) = mean H(p_teacher^T)", Needs.DenseLogits, given =>
            new EqualEntropySmoothing(given.Temperature)) { LeastClasses = 2, UsesClass = true };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update));

    /// <summary>The row loss softens its target; T·ln u becomes u again.</summary>
    public override TeacherTarget? Target(Step step, Signals signals, long update)
    {
        var t = temperature.At(update);
        var logarithms = signals.Counted(step).TeacherLogProbabilities(step, t);
        var entropy = logarithms.Shape[0] == 0
            ? 0
            : -step.Device.ToDoubles(step.MeanAll(step.Sum(step.Multiply(step.Exp(logarithms), logarithms), -1)))[0];
        var width = (int)signals.Logits.Shape[1];
        var target = VirtualTeacher.Smoothed(signals.Classes.Span, width, ShareOf(entropy, width));
        for (var i = 0; i < target.Length; i++) target[i] = t * Math.Log(target[i]);
        return TeacherTarget.Logits(step.Constant(signals.Logits.Shape, target));
    }

    /// <summary>
    /// The share of the true class at which −a ln a − (1 − a) ln((1 − a)/(C − 1)) is the entropy; it falls from ln C at 1/C to 0 at 1.
    /// </summary>
    internal static double ShareOf(double entropy, int classes)
    {
        const double Certain = 1 - 1e-9; // ln 0 is no logit
        var (low, high) = (1.0 / classes, Certain);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            var own = -middle * Math.Log(middle) - (1 - middle) * Math.Log((1 - middle) / (classes - 1));
            if (own > entropy) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }
}
