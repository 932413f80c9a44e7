using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>What a divergence must know of a whole row before its terms: no gradient flows through it.</summary>
internal unsafe partial struct RowLossRow
{
    private const int AboveOne = 0x40000000; // the bits of 2: more than any probability

    /// <summary>Of Σ |p − q| over dense rows, the share of the head.</summary>
    private readonly double HeadShare(float* z, float* t, in LogShare student, in LogShare teacher)
    {
        float* own = Exponentials, theirs = Exponentials + TeacherStart;
        var probabilities = Terms.Form == TeacherForm.Probabilities;
        for (var i = 0L; i < Classes; i += Lanes.Count)
        {
            student.Of(Lanes.LoadOr(z + i, Classes - i, Vector512.Create(float.NegativeInfinity))).Store(own + i);
            CpuMath.Exp(teacher.Of(TeacherLogits(t + i, Classes - i, probabilities))).Store(theirs + i);
        }
        return HeadShare(own, theirs, Classes, Terms.HeadMass);
    }

    /// <summary>ln Σ p^w q^(1 − w) over dense rows.</summary>
    private readonly double LogPowers(float* z, float* t, in LogShare student, in LogShare teacher)
    {
        var weights = new Weighing(Terms.TeacherWeight, 0);
        var probabilities = Terms.Form == TeacherForm.Probabilities;
        var lowest = Vector512.Create(float.NegativeInfinity);
        for (var i = 0L; i < Classes; i += Lanes.Count)
            (weights.Teacher * teacher.Of(TeacherLogits(t + i, Classes - i, probabilities))
                + weights.Student * student.Of(Lanes.LoadOr(z + i, Classes - i, lowest))).Store(Exponentials + i);
        return RowSums.LogSumExp(Exponentials, Classes);
    }

    /// <param name="q">[count] ln q.</param>
    /// <param name="p">[count] probabilities.</param>
    /// <param name="count">Of outcomes.</param>
    /// <param name="headMass">What the head holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double HeadShare(float* q, float* p, long count, double headMass)
    {
        var least = Vector512.Create(HeadThreshold(p, count, headMass));
        double head = 0, total = 0;
        for (var i = 0L; i < count; i += Lanes.Count)
        {
            var teacher = Lanes.LoadOrZero(p + i, count - i);
            var gap = Vector512.Abs(teacher - CpuMath.Exp(Lanes.LoadOr(q + i, count - i, Vector512.Create(float.NegativeInfinity))));
            total += Lanes.Sum(gap);
            head += Lanes.Sum(Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(teacher, least), gap, Vector512<float>.Zero));
        }
        return total == 0 ? 0.5 : head / total;
    }

    /// <summary>
    /// The largest bound such that what reaches it holds the mass. Floats above 0 are ordered as their bits are, so that halving the bits
    /// finds it without sorting, in 31 sums at most.
    /// </summary>
    private static float HeadThreshold(float* p, long count, double mass)
    {
        int low = 0, high = AboveOne;
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (MassFrom(p, count, BitConverter.Int32BitsToSingle(middle)) >= mass) low = middle;
            else high = middle;
        }
        return BitConverter.Int32BitsToSingle(low);
    }

    /// <summary>Σ of the elements that reach a bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double MassFrom(float* p, long count, float bound)
    {
        var bounds = Vector512.Create(bound);
        var total = 0.0;
        for (var block = 0L; block < count; block += RowSums.Block)
        {
            var end = Math.Min(block + RowSums.Block, count);
            var sum = Vector512<float>.Zero;
            for (var i = block; i < end; i += Lanes.Count)
            {
                var value = Lanes.LoadOrZero(p + i, end - i);
                sum += Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(value, bounds), value, Vector512<float>.Zero);
            }
            total += Lanes.Sum(sum);
        }
        return total;
    }
}
