using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>The divergences, each once, for dense rows and for outcomes alike.</summary>
internal unsafe partial struct RowLossRow
{
    private const float LeastMixture = 1.2e-38f; // a normal number

    private readonly double DivergenceRow(long row, out double hard) => Terms.Soft switch
    {
        SoftLoss.ReverseKl => Row<Reverse>(row, out hard),
        SoftLoss.JensenShannon => Row<JensenShannon>(row, out hard),
        SoftLoss.SkewForwardKl => Row<SkewForward>(row, out hard),
        SoftLoss.SkewReverseKl => Row<SkewReverse>(row, out hard),
        SoftLoss.TotalVariation => Row<TotalVariation>(row, out hard),
        SoftLoss.Jeffreys or SoftLoss.AdaptiveKl => Row<Jeffreys>(row, out hard),
        SoftLoss.Interpolated => Row<Interpolated>(row, out hard),
        _ => Row<CrossEntropy>(row, out hard),
    };

    private readonly double Row<TDivergence>(long row, out double hard) where TDivergence : struct, IDivergence =>
        Terms.Form == TeacherForm.TopK ? OutcomeRow<TDivergence>(row, out hard) : MixtureRow<TDivergence>(row, out hard);

    /// <summary>The teacher's weight in a row, the student's, and the logarithm of what a mixture of powers sums to.</summary>
    private readonly struct Weighing(double teacher, double logSum)
    {
        public readonly Vector512<float> Teacher = Vector512.Create((float)teacher), Student = Vector512.Create((float)(1 - teacher)),
            LogSum = Vector512.Create((float)logSum);

        public Weighing Normalised(double sum) => new(teacher, sum);

        /// <summary>w·p + (1 − w)·q, never 0: a probability near the least float has a share that is, and a finite logarithm.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Mixed(Vector512<float> p, Vector512<float> q) =>
            Vector512.MaxNative(Vector512.Create(LeastMixture), Teacher * p + Student * q); // the second operand where it is a NaN
    }

    /// <summary>From ln q and ln p: the terms of the loss, and q·a.</summary>
    private interface IDivergence
    {
        static abstract void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull);
    }

    /// <summary>share·value, 0 where there is no share, however infinite the value; NaN shares stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weighted(Vector512<float> share, Vector512<float> value) =>
        Vector512.ConditionalSelect(Vector512.Equals(share, Vector512<float>.Zero), Vector512<float>.Zero, share * value);

    private readonly struct Reverse : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull) => term = pull = Weighted(CpuMath.Exp(q), q - p);
    }

    private readonly struct JensenShannon : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            Vector512<float> student = CpuMath.Exp(q), teacher = CpuMath.Exp(p);
            var mixture = CpuMath.Log(weights.Mixed(teacher, student));
            pull = weights.Student * Weighted(student, q - mixture);
            term = weights.Teacher * Weighted(teacher, p - mixture) + pull;
        }
    }

    private readonly struct SkewForward : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            Vector512<float> student = CpuMath.Exp(q), teacher = CpuMath.Exp(p);
            var mixture = weights.Mixed(teacher, student);
            term = Weighted(teacher, p - CpuMath.Log(mixture));
            pull = -weights.Student * Weighted(teacher, student / mixture);
        }
    }

    private readonly struct SkewReverse : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            Vector512<float> student = CpuMath.Exp(q), mixture = weights.Mixed(CpuMath.Exp(p), student);
            term = Weighted(student, q - CpuMath.Log(mixture));
            pull = term - weights.Student * Weighted(student, student / mixture);
        }
    }

    private readonly struct TotalVariation : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            var student = CpuMath.Exp(q);
            var difference = student - CpuMath.Exp(p);
            var half = Vector512.Create(0.5f);
            term = half * Vector512.Abs(difference);
            pull = Weighted(difference, half * student / Vector512.Abs(difference)); // the sign of a NaN is a NaN
        }
    }

    private readonly struct Jeffreys : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            var teacher = CpuMath.Exp(p);
            var reverse = Weighted(weights.Student, Weighted(CpuMath.Exp(q), q - p));
            term = Weighted(weights.Teacher, Weighted(teacher, p - q)) + reverse;
            pull = reverse - weights.Teacher * teacher;
        }
    }

    private readonly struct Interpolated : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            var logarithm = weights.Teacher * p + weights.Student * q - weights.LogSum;
            var mixture = CpuMath.Exp(logarithm);
            term = Weighted(mixture, logarithm - q);
            pull = -mixture;
        }
    }

    private readonly struct CrossEntropy : IDivergence
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Terms(Vector512<float> q, Vector512<float> p, in Weighing weights, out Vector512<float> term,
            out Vector512<float> pull)
        {
            var teacher = CpuMath.Exp(p);
            term = Weighted(teacher, -q);
            pull = -teacher;
        }
    }
}
