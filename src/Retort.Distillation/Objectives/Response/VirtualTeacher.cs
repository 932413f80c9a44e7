using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(u^T ‖ p_student^T), u = labelShare on the true class and the rest spread evenly: a teacher that is always right and
/// knows nothing else (Yuan et al. 2020, Tf-KD; there softmax(u/T), here T acts on true probabilities as everywhere).
/// z [N, C], y [N].
/// </summary>
public sealed class VirtualTeacher(Schedule temperature, double labelShare = 0.9) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("virtual-teacher", "Tf-KD: a made-up teacher that is always right", "Yuan et al. 2020, arXiv 1909.11723",
        "T²·KL(u^T ‖ p_student^T), u = a on y", Needs.HardLabels, given =>
            new VirtualTeacher(given.Temperature, given.Number("labelShare")))
    {
        UsesClass = true,
        LeastClasses = 2,
        Keys = [ObjectiveKey.Number("labelShare", 0.9, new NumberRange(0, 1, AboveLeast: true, BelowMost: true),
            "sure, and not certain") with { Symbol = "a", Meaning = "the share of the true class" }],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature.At(update));

    public override TeacherTarget? Target(Step step, Signals signals, long update) =>
        TeacherTarget.Probabilities(step.Constant(signals.Logits.Shape,
            Smoothed(signals.Classes.Span, (int)signals.Logits.Shape[1], labelShare)));

    /// <summary>[N, C]: a share on the true class, the rest spread evenly; rows that do not count are all rest.</summary>
    internal static double[] Smoothed(ReadOnlySpan<int> classes, int width, double share)
    {
        var target = new double[classes.Length * width];
        target.AsSpan().Fill((1 - share) / (width - 1));
        for (var row = 0; row < classes.Length; row++)
            if (classes[row] != Signals.Ignored) target[row * width + classes[row]] = share;
        return target;
    }
}
