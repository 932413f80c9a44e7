using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>
/// How student and teacher stand to each other at the first places of a batch, at T = 1: a few places, so that a look costs little.
/// </summary>
internal static class TokenLook
{
    public const string Divergence = "kl", StudentEntropy = "entropy/student", TeacherEntropy = "entropy/teacher",
        Acceptance = "acceptance", OutsideMass = "outside_mass", GradientShare = "gradient_share/";

    /// <summary>A token with less of the teacher's probability is outside its support.</summary>
    private const double Support = 1e-3;

    private const int MostPlaces = 256, MostElements = 1 << 22;

    /// <summary>
    /// Means over the places, in nats where they are: KL(teacher ‖ student), both entropies, acceptance = 1 − total variation (the share of
    /// the student's tokens that speculative decoding would accept), the student's mass outside the teacher's support, and of several terms
    /// the share of each in the sum of their gradients' norms at the logits.
    /// </summary>
    /// <param name="step">The running step; nothing is recorded in it.</param>
    /// <param name="signals">With the heads of both.</param>
    /// <param name="objective">Whose terms pull.</param>
    /// <param name="update">Update to come, from 0.</param>
    /// <param name="ratio">Measures how terms pull.</param>
    public static IReadOnlyList<(string Name, double Value)> Of(Step step, Signals signals, WeightedSum objective, long update,
        GradientRatio ratio)
    {
        if (signals is not { Head: { } head, TeacherHead: { } teacher }) return [];
        var classes = (int)head.Weight.Shape[0];
        var places = (int)Math.Min(head.Hidden.Shape[0], Math.Clamp(MostElements / classes, 1, MostPlaces));
        if (places == 0) return [];
        var (own, taught) = step.Frozen(() => (
            step.Linear(First(head.Hidden, places), head.Weight), step.Linear(First(teacher.Hidden, places), First(teacher.Weight, classes),
                teacher.Bias is { } bias ? bias.Part(0, new Shape(classes)) : null)));
        var sums = Sums(step.Device.ToFloats(own), step.Device.ToFloats(taught), classes);
        List<(string, double)> found = [.. sums.Select(sum => (sum.Name, sum.Value / places))];
        var shares = ratio.Shares(objective, new Signals(own, signals.Classes[..places], TeacherTarget.Logits(taught))
        {
            Said = signals.Said,
        }, update);
        found.AddRange(shares.Select(share => (GradientShare + share.Name, share.Value)));
        return found;
    }

    private static Tensor First(Tensor rows, int count) => rows.Part(0, new Shape(count, rows.Shape[1]));

    private static (string Name, double Value)[] Sums(float[] student, float[] teacher, int classes)
    {
        double divergence = 0, ownEntropy = 0, taughtEntropy = 0, accepted = 0, outside = 0;
        for (var row = 0; row < student.Length; row += classes)
        {
            var q = student.AsSpan(row, classes);
            var p = teacher.AsSpan(row, classes);
            var (logSumQ, logSumP) = (LogSum(q), LogSum(p));
            for (var i = 0; i < classes; i++)
            {
                var (logQ, logP) = (q[i] - logSumQ, p[i] - logSumP);
                var (ofQ, ofP) = (Math.Exp(logQ), Math.Exp(logP));
                divergence += ofP * (logP - logQ);
                ownEntropy -= ofQ * logQ;
                taughtEntropy -= ofP * logP;
                accepted += Math.Min(ofQ, ofP);
                if (ofP < Support) outside += ofQ;
            }
        }
        return [(Divergence, divergence), (StudentEntropy, ownEntropy), (TeacherEntropy, taughtEntropy), (Acceptance, accepted),
            (OutsideMass, outside)];
    }

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        var (largest, sum) = ((double)logits[0], 0.0);
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum);
    }
}
