using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal unsafe partial struct RowLossRow
{
    /// <summary>
    /// A divergence L(q), q = softmax(z/T): dL/dz = q·(a − Σ q·a)/T with a = ∂L/∂q up to a constant. Three passes: normalisers,
    /// the loss with Σ q·a, the gradient.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double MixtureRow<TDivergence>(long row, out double hard) where TDivergence : struct, IDivergence
    {
        float* z = LogitsOf(row), t = Teacher + row * Classes, gradient = GradientOf(row);
        var probabilities = Terms.Form == TeacherForm.Probabilities;
        var classes = Classes;
        var temperature = Terms.Temperature;
        var inverse = (float)(1 / temperature);
        var student = new LogShare(RowSums.Bound(z, classes), inverse);
        var studentSum = RowSums.Exponentials(z, classes, student.Bound, inverse, null);
        student.Logarithm = Vector512.Create((float)Math.Log(studentSum));
        var teacherBound = RowSums.Bound(t, classes);
        var teacher = new LogShare(probabilities ? MathF.Log(teacherBound) : teacherBound, inverse);
        var teacherSum = 0.0;
        if (!probabilities) teacherSum = RowSums.Exponentials(t, classes, teacher.Bound, inverse, null);
        else
            for (var i = 0L; i < classes; i += Lanes.Count)
                teacherSum += Lanes.Sum(CpuMath.Exp(teacher.Of(TeacherLogits(t + i, classes - i, true))));
        teacher.Logarithm = Vector512.Create((float)Math.Log(teacherSum));
        hard = HardNormaliser(z, row, out var hardBound, out var hardFactor);

        var weights = new Weighing(Terms.TeacherWeight, 0);
        if (Terms.Soft == SoftLoss.AdaptiveKl) weights = new Weighing(HeadShare(z, t, student, teacher), 0);
        if (Terms.Soft == SoftLoss.Interpolated) weights = weights.Normalised(LogPowers(z, t, student, teacher));
        double loss = 0, mean = 0;
        for (var block = 0L; block < classes; block += RowSums.Block)
        {
            var end = Math.Min(block + RowSums.Block, classes);
            Vector512<float> losses = Vector512<float>.Zero, means = losses;
            for (var i = block; i < end; i += Lanes.Count)
            {
                // 0 behind the end would be a logit; −∞ is a class without mass.
                var q = student.Of(Lanes.LoadOr(z + i, end - i, Vector512.Create(float.NegativeInfinity)));
                var p = teacher.Of(TeacherLogits(t + i, end - i, probabilities));
                TDivergence.Terms(q, p, weights, out var term, out var pull);
                losses += term;
                means += pull;
            }
            loss += Lanes.Sum(losses);
            mean += Lanes.Sum(means);
        }
        if (gradient == null) return temperature * temperature * loss;

        var softFactor = Vector512.Create((float)(SoftShare * temperature));
        Vector512<float> average = Vector512.Create((float)mean), bounds = Vector512.Create(hardBound);
        Vector512<float> factor = Vector512.Create(hardFactor), floor = Vector512.Create((float)-HardFloor);
        for (var i = 0L; i < classes; i += Lanes.Count)
        {
            var logits = Vector512.Load(z + i);
            var q = student.Of(logits);
            TDivergence.Terms(q, teacher.Of(TeacherLogits(t + i, classes - i, probabilities)), weights, out _, out var pull);
            var value = (pull - CpuMath.Exp(q) * average) * softFactor;
            if (HasHard) value += Vector512.MultiplyAddEstimate(CpuMath.Exp(logits - bounds), factor, floor);
            Lanes.Store(gradient + i, classes - i, value);
        }
        SubtractLabel(gradient, row);
        return temperature * temperature * loss;
    }

    /// <summary>Teacher logits of sixteen classes: −∞ behind the row's end, logarithms where probabilities are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> TeacherLogits(float* teacher, long remaining, bool probabilities)
    {
        var lowest = Vector512.Create(float.NegativeInfinity);
        var value = Lanes.LoadOr(teacher, remaining, probabilities ? Vector512<float>.Zero : lowest);
        return probabilities ? CpuMath.Log(value) : value;
    }

    /// <summary>ln softmax(x/T) of lanes, once the logarithm of the sum is known.</summary>
    private struct LogShare(float bound, float inverse)
    {
        public readonly float Bound = bound;
        public Vector512<float> Logarithm;
        private readonly Vector512<float> _bound = Vector512.Create(bound), _inverse = Vector512.Create(inverse);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> Of(Vector512<float> x) => (x - _bound) * _inverse - Logarithm;
    }
}
