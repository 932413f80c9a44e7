using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal unsafe partial struct RowLossRow
{
    /// <summary>Forward KL with cross-entropy, in two passes that store nothing but the gradient.</summary>
    private readonly double ForwardRow(long row, out double hard)
    {
        // Kinds of e₁ = exp(z − m): not needed, e at T = 1, its square at T = 2, an exponential of its own.
        if (!HasHard) return ForwardRow<Without>(row, out hard);
        if (Terms.Temperature == 1) return ForwardRow<Same>(row, out hard);
        return Terms.Temperature == 2 ? ForwardRow<Squared>(row, out hard) : ForwardRow<Separate>(row, out hard);
    }

    /// <summary>Teacher logits of sixteen classes: −∞ behind the row's end, logarithms where probabilities are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> TeacherLogits(float* teacher, long remaining, bool probabilities)
    {
        var lowest = Vector512.Create(float.NegativeInfinity);
        var value = Lanes.LoadOr(teacher, remaining, probabilities ? Vector512<float>.Zero : lowest);
        return probabilities ? CpuMath.Log(value) : value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double ForwardRow<THard>(long row, out double hard) where THard : struct, IHardExponential
    {
        float* z = LogitsOf(row), t = Teacher + row * Classes, gradient = GradientOf(row);
        var probabilities = Terms.Form == TeacherForm.Probabilities;
        var classes = Classes;
        var temperature = Terms.Temperature;
        float inverse = (float)(1 / temperature), bound = RowSums.Bound(z, classes), teacherBound = RowSums.Bound(t, classes);
        if (probabilities) teacherBound = MathF.Log(teacherBound);
        Vector512<float> scale = Vector512.Create(inverse), bounds = Vector512.Create(bound), teacherBounds = Vector512.Create(teacherBound);
        var lowest = Vector512.Create(float.NegativeInfinity);
        double studentSum = 0, teacherSum = 0, hardSum = 0, difference = 0;
        for (var block = 0L; block < classes; block += RowSums.Block)
        {
            var end = Math.Min(block + RowSums.Block, classes);
            Vector512<float> students = Vector512<float>.Zero, teachers = students, hards = students, differences = students;
            for (var i = block; i < end; i += Lanes.Count)
            {
                var logits = Lanes.LoadOr(z + i, end - i, lowest) - bounds;
                var teacherLogits = TeacherLogits(t + i, end - i, probabilities) - teacherBounds;
                var student = CpuMath.Exp(logits * scale);
                var teacher = CpuMath.Exp(teacherLogits * scale);
                students += student;
                teachers += teacher;
                if (THard.Needed) hards += THard.Of(student, logits);
                // Where the teacher gives no mass, an infinite difference counts nothing; a NaN is not equal to 0 and stays.
                var term = teacher * (teacherLogits - logits);
                differences += Vector512.ConditionalSelect(Vector512.Equals(teacher, Vector512<float>.Zero), Vector512<float>.Zero, term);
            }
            studentSum += Lanes.Sum(students);
            teacherSum += Lanes.Sum(teachers);
            difference += Lanes.Sum(differences);
            if (THard.Needed) hardSum += Lanes.Sum(hards);
        }
        // Both rows are measured from their maxima, which cancel: KL = Σp·Δ/T − ln S_t + ln S_s.
        var divergence = difference / (temperature * teacherSum) - Math.Log(teacherSum) + Math.Log(studentSum);
        hard = THard.Needed ? Math.Log(hardSum) + bound - HardTarget(z, row) : 0;
        if (gradient == null) return temperature * temperature * divergence;

        var studentFactor = Vector512.Create((float)(SoftShare * temperature / studentSum));
        var teacherFactor = Vector512.Create((float)(-SoftShare * temperature / teacherSum));
        var hardFactor = Vector512.Create(THard.Needed ? (float)(HardShare / hardSum) : 0);
        var floor = Vector512.Create((float)-HardFloor);
        for (var i = 0L; i < classes; i += Lanes.Count)
        {
            var logits = Vector512.Load(z + i) - bounds;
            var teacherLogits = TeacherLogits(t + i, classes - i, probabilities) - teacherBounds;
            var student = CpuMath.Exp(logits * scale);
            var value = Vector512.MultiplyAddEstimate(CpuMath.Exp(teacherLogits * scale), teacherFactor, student * studentFactor);
            if (THard.Needed) value += Vector512.MultiplyAddEstimate(THard.Of(student, logits), hardFactor, floor);
            Lanes.Store(gradient + i, classes - i, value);
        }
        SubtractLabel(gradient, row);
        return temperature * temperature * divergence;
    }

    /// <summary>Where exp(z − m) comes from, given exp((z − m)/T).</summary>
    private interface IHardExponential
    {
        static abstract bool Needed { get; }
        static abstract Vector512<float> Of(Vector512<float> student, Vector512<float> logits);
    }

    private readonly struct Without : IHardExponential
    {
        public static bool Needed => false;
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student;
    }

    private readonly struct Same : IHardExponential
    {
        public static bool Needed => true;
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student;
    }

    private readonly struct Squared : IHardExponential
    {
        public static bool Needed => true;
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student * student;
    }

    private readonly struct Separate : IHardExponential
    {
        public static bool Needed => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => CpuMath.Exp(logits);
    }
}
