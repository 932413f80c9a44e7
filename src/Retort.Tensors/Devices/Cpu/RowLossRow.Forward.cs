using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

internal unsafe partial struct RowLossRow
{
    /// <summary>
    /// Forward KL with cross-entropy, in two passes. The first leaves both rows' exponentials in memory of this thread, so that the
    /// second is multiply-adds alone; meanwhile the next row is fetched.
    /// </summary>
    private readonly double ForwardRow(long row, out double hard) =>
        Terms.Form == TeacherForm.Probabilities ? ForwardRow<Probabilities>(row, out hard) : ForwardRow<DenseLogits>(row, out hard);

    private readonly double ForwardRow<TTeacher>(long row, out double hard) where TTeacher : struct, ITeacherForm
    {
        // Kinds of e₁ = exp(z − m): not needed, a power of e = exp((z − m)/T) for small whole T, an exponential of its own.
        if (!HasHard) return ForwardRow<TTeacher, Without>(row, out hard);
        return Terms.Temperature switch
        {
            1 => ForwardRow<TTeacher, Same>(row, out hard),
            2 => ForwardRow<TTeacher, Squared>(row, out hard),
            3 => ForwardRow<TTeacher, Cubed>(row, out hard),
            4 => ForwardRow<TTeacher, SquaredTwice>(row, out hard),
            _ => ForwardRow<TTeacher, Separate>(row, out hard),
        };
    }

    private readonly double ForwardRow<TTeacher, THard>(long row, out double hard)
        where TTeacher : struct, ITeacherForm
        where THard : struct, IHardExponential
    {
        float* z = LogitsOf(row), t = Teacher + row * Classes, gradient = GradientOf(row);
        var temperature = Terms.Temperature;
        float bound = RowSums.Bound(z, Classes), teacherBound = TTeacher.Logit(RowSums.Bound(t, Classes));
        var target = THard.Needed ? HardTarget(z, row) : 0;
        var sums = ForwardSums<TTeacher, THard>(z, t, bound, teacherBound);
        // Both rows are measured from their maxima, which cancel: KL = Σp·Δ/T − ln S_t + ln S_s.
        var divergence = sums.Difference / (temperature * sums.Teacher) - Math.Log(sums.Teacher) + Math.Log(sums.Student);
        hard = THard.Needed ? Math.Log(sums.Hard) + bound - target : 0;
        if (gradient != null)
        {
            ForwardGradient<THard>(z, t + Classes, gradient, bound, sums);
            SubtractLabel(gradient, row);
        }
        return temperature * temperature * divergence;
    }

    private struct Sums
    {
        public double Student, Teacher, Hard, Difference;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly Sums ForwardSums<TTeacher, THard>(float* z, float* t, float bound, float teacherBound)
        where TTeacher : struct, ITeacherForm
        where THard : struct, IHardExponential
    {
        Vector512<float> scale = Vector512.Create((float)(1 / Terms.Temperature)), bounds = Vector512.Create(bound),
            teacherBounds = Vector512.Create(teacherBound);
        var classes = Classes;
        float* own = Exponentials, theirs = Exponentials + TeacherStart;
        var sums = new Sums();
        for (var block = 0L; block < classes; block += RowSums.Block)
        {
            var end = Math.Min(block + RowSums.Block, classes);
            Vector512<float> students = Vector512<float>.Zero, teachers = students, hards = students, differences = students;
            for (var i = block; i < end; i += Lanes.Count)
            {
                Vector512<float> logits = Vector512.Load(z + i), teacherLogits = Vector512.Load(t + i);
                if (end - i < Lanes.Count)
                {
                    var inside = Lanes.Mask(end - i);
                    logits = Vector512.ConditionalSelect(inside, logits, Vector512.Create(float.NegativeInfinity));
                    teacherLogits = Vector512.ConditionalSelect(inside, teacherLogits, TTeacher.Nothing);
                }
                logits -= bounds;
                teacherLogits = TTeacher.Logit(teacherLogits) - teacherBounds;
                var student = CpuMath.Exp(logits * scale);
                var teacher = CpuMath.Exp(teacherLogits * scale);
                student.Store(own + i); // whole vectors: the scratch has room behind the end
                teacher.Store(theirs + i);
                if (Sse.IsSupported) Sse.Prefetch1(z + classes + i);
                students += student;
                teachers += teacher;
                if (THard.Needed) hards += THard.Of(student, logits);
                // Where the teacher gives no mass, an infinite difference counts nothing; a NaN is not equal to 0 and stays.
                var term = teacher * (teacherLogits - logits);
                differences += Vector512.ConditionalSelect(Vector512.Equals(teacher, Vector512<float>.Zero), Vector512<float>.Zero, term);
            }
            sums.Student += Lanes.Sum(students);
            sums.Teacher += Lanes.Sum(teachers);
            sums.Difference += Lanes.Sum(differences);
            if (THard.Needed) sums.Hard += Lanes.Sum(hards);
        }
        return sums;
    }

    /// <param name="z">The student's logits.</param>
    /// <param name="next">What this thread will read next.</param>
    /// <param name="gradient">May be the logits.</param>
    /// <param name="bound">Of the logits.</param>
    /// <param name="sums">Of the first pass.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void ForwardGradient<THard>(float* z, float* next, float* gradient, float bound, in Sums sums)
        where THard : struct, IHardExponential
    {
        var temperature = Terms.Temperature;
        var bounds = Vector512.Create(bound);
        var studentFactor = Vector512.Create((float)(SoftShare * temperature / sums.Student));
        var teacherFactor = Vector512.Create((float)(-SoftShare * temperature / sums.Teacher));
        var hardFactor = Vector512.Create(THard.Needed ? (float)(HardShare / sums.Hard) : 0);
        var floor = Vector512.Create((float)-HardFloor);
        float* own = Exponentials, theirs = Exponentials + TeacherStart;
        var classes = Classes;
        for (var i = 0L; i < classes; i += Lanes.Count)
        {
            var logits = THard.NeedsLogits ? Vector512.Load(z + i) - bounds : default;
            var student = Vector512.Load(own + i);
            var value = Vector512.MultiplyAddEstimate(Vector512.Load(theirs + i), teacherFactor, student * studentFactor);
            if (THard.Needed) value += Vector512.MultiplyAddEstimate(THard.Of(student, logits), hardFactor, floor);
            if (Sse.IsSupported) Sse.Prefetch1(next + i);
            if (Streams) value.StoreAlignedNonTemporal(gradient + i);
            else Lanes.Store(gradient + i, classes - i, value);
        }
    }

    /// <summary>Floats of a row in whole vectors: where the teacher's exponentials begin.</summary>
    public readonly long TeacherStart => (Classes + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    /// <summary>How the teacher's row is read; each form is compiled apart, so that logits pay no logarithm.</summary>
    private interface ITeacherForm
    {
        /// <summary>What a class without mass looks like.</summary>
        static abstract Vector512<float> Nothing { get; }
        static abstract Vector512<float> Logit(Vector512<float> value);
        static abstract float Logit(float value);
    }

    private readonly struct DenseLogits : ITeacherForm
    {
        public static Vector512<float> Nothing => Vector512.Create(float.NegativeInfinity);
        public static Vector512<float> Logit(Vector512<float> value) => value;
        public static float Logit(float value) => value;
    }

    private readonly struct Probabilities : ITeacherForm
    {
        public static Vector512<float> Nothing => Vector512<float>.Zero;
        public static Vector512<float> Logit(Vector512<float> value) => CpuMath.Log(value);
        public static float Logit(float value) => MathF.Log(value);
    }

    /// <summary>Where exp(z − m) comes from, given exp((z − m)/T).</summary>
    private interface IHardExponential
    {
        static virtual bool Needed => true;
        static virtual bool NeedsLogits => false;
        static abstract Vector512<float> Of(Vector512<float> student, Vector512<float> logits);
    }

    private readonly struct Without : IHardExponential
    {
        public static bool Needed => false;
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student;
    }

    private readonly struct Same : IHardExponential
    {
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student;
    }

    private readonly struct Squared : IHardExponential
    {
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student * student;
    }

    private readonly struct Cubed : IHardExponential
    {
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student * student * student;
    }

    private readonly struct SquaredTwice : IHardExponential
    {
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => student * student * (student * student);
    }

    private readonly struct Separate : IHardExponential
    {
        public static bool NeedsLogits => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Of(Vector512<float> student, Vector512<float> logits) => CpuMath.Exp(logits);
    }
}
