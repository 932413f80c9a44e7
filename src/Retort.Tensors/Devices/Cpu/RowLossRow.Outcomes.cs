using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal unsafe partial struct RowLossRow
{
    /// <summary>Floats of the K kept classes and the rest, in whole vectors.</summary>
    public readonly long OutcomeStride => (Kept + 1 + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    /// <summary>
    /// A divergence over K + 1 outcomes: the kept classes, and all others as one. In the tail a = ∂L/∂q is the same for every class, so
    /// that the gradient there is q times a number: two dense passes, for the normaliser and for the gradient, and work of K.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double OutcomeRow<TDivergence>(long row, out double hard) where TDivergence : struct, IDivergence
    {
        float* z = LogitsOf(row), gradient = GradientOf(row), own = Exponentials, theirs = own + OutcomeStride;
        var ids = Ids + row * Kept;
        var temperature = Terms.Temperature;
        var bound = RowSums.Bound(z, Classes);
        var logSum = Math.Log(RowSums.Exponentials(z, Classes, bound, (float)(1 / temperature), null)) + bound / temperature;
        hard = HardNormaliser(z, row, out var hardBound, out var hardFactor);
        var used = ReadOutcomes(row, z, bound, logSum);
        var weights = new Weighing(Terms.TeacherWeight, 0);
        if (Terms.Soft == SoftLoss.AdaptiveKl) weights = new Weighing(OutcomeHeadShare(), 0);
        if (Terms.Soft == SoftLoss.Interpolated) weights = weights.Normalised(OutcomeLogPowers(weights));

        double loss = 0, mean = 0;
        for (var i = 0L; i < OutcomeStride; i += Lanes.Count)
        {
            TDivergence.Terms(Vector512.Load(own + i), Vector512.Load(theirs + i), weights, out var term, out var pull);
            loss += Lanes.Sum(term);
            mean += Lanes.Sum(pull);
            pull.Store(theirs + i);
        }
        if (double.IsNaN(logSum)) loss = double.NaN; // also where no kept class met the NaN
        if (gradient == null) return temperature * temperature * loss;

        var scale = SoftShare * temperature;
        var tailPull = used < Classes ? theirs[used] / Math.Exp(own[used]) : mean;
        DenseGradient(z, gradient, (float)logSum, scale * (tailPull - mean), HardFloor, hardBound, hardFactor);
        for (var i = 0; i < used; i++) gradient[ids[i]] += (float)(scale * (theirs[i] - Math.Exp(own[i]) * tailPull));
        SubtractLabel(gradient, row);
        return temperature * temperature * loss;
    }

    /// <summary>ln q and ln p of the outcomes, −∞ behind them.</summary>
    /// <returns>Kept classes; the rest, where there are others, comes behind them.</returns>
    private readonly int ReadOutcomes(long row, float* z, float bound, double logSum)
    {
        float* logarithms = Teacher + row * Kept, own = Exponentials, theirs = own + OutcomeStride;
        var ids = Ids + row * Kept;
        var temperature = Terms.Temperature;
        var used = 0;
        double powers = 0, studentKept = 0;
        for (; used < Kept && ids[used] >= 0; used++)
        {
            if (ids[used] >= Classes) throw new RetortException("RowLoss", $"teacher class {ids[used]} in row {row}.",
                $"classes of 0 to {Classes - 1}.");
            powers += Math.Exp(logarithms[used] / temperature);
            var logarithm = z[ids[used]] / temperature - logSum;
            studentKept += Math.Exp(logarithm);
            own[used] = (float)logarithm;
        }
        var rest = used < Classes;
        var tail = rest && Terms.Tail == TailMode.TailBucket
            ? Math.Pow(Math.Max(TailMass[row], RowLossTerms.LeastTail), 1 / temperature)
            : 0;
        var normaliser = powers + tail > 0 ? Math.Log(powers + tail) : 0;
        for (var i = 0; i < used; i++) theirs[i] = (float)(logarithms[i] / temperature - normaliser);
        for (var i = used; i < OutcomeStride; i++) own[i] = theirs[i] = float.NegativeInfinity;
        if (!rest) return used;
        var studentTail = 1 - studentKept;
        if (studentTail <= Cancelling) studentTail = TailShare(z, ids, used, bound, logSum);
        own[used] = (float)Math.Log(studentTail < RowLossTerms.LeastTail ? RowLossTerms.LeastTail : studentTail);
        theirs[used] = (float)(Math.Log(tail) - normaliser);
        return used;
    }

    private readonly double OutcomeHeadShare()
    {
        float* theirs = Exponentials + OutcomeStride, masses = theirs + OutcomeStride;
        for (var i = 0L; i < OutcomeStride; i += Lanes.Count) CpuMath.Exp(Vector512.Load(theirs + i)).Store(masses + i);
        return HeadShare(Exponentials, masses, OutcomeStride, Terms.HeadMass);
    }

    private readonly double OutcomeLogPowers(in Weighing weights)
    {
        float* own = Exponentials, theirs = own + OutcomeStride, powers = theirs + OutcomeStride;
        for (var i = 0L; i < OutcomeStride; i += Lanes.Count)
            (weights.Teacher * Vector512.Load(theirs + i) + weights.Student * Vector512.Load(own + i)).Store(powers + i);
        return RowSums.LogSumExp(powers, OutcomeStride);
    }
}
