using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal unsafe partial struct RowLossRow
{
    private const double Cancelling = 1e-4; // below it 1 − Σ q has lost its digits
    private const int OnStack = 8192; // classes: 128 KiB

    /// <summary>Forward KL against K kept classes and a tail: one dense pass, then K corrections.</summary>
    private readonly double TruncatedRow(long row, out double hard)
    {
        if (Kept <= OnStack)
        {
            var memory = stackalloc double[2 * (int)Kept];
            return TruncatedRow(row, memory, out hard);
        }
        var large = (double*)NativeMemory.Alloc((nuint)(2 * Kept * sizeof(double)));
        try
        {
            return TruncatedRow(row, large, out hard);
        }
        finally
        {
            NativeMemory.Free(large);
        }
    }

    /// <param name="row">Which row.</param>
    /// <param name="teacher">Room for K teacher probabilities at T, then K student logits.</param>
    /// <param name="hard">Cross-entropy.</param>
    private readonly double TruncatedRow(long row, double* teacher, out double hard)
    {
        float* z = LogitsOf(row), logarithms = Teacher + row * Kept, gradient = GradientOf(row);
        var ids = Ids + row * Kept;
        var logits = teacher + Kept;
        var temperature = Terms.Temperature;
        var bound = RowSums.Bound(z, Classes);
        var logSum = Math.Log(RowSums.Exponentials(z, Classes, bound, (float)(1 / temperature), null)) + bound / temperature;
        hard = HardNormaliser(z, row, out var hardBound, out var hardFactor);

        var used = 0;
        double powers = 0, studentKept = 0, logitsKept = 0;
        for (; used < Kept && ids[used] >= 0; used++)
        {
            if (ids[used] >= Classes) throw new RetortException("RowLoss", $"teacher class {ids[used]} in row {row}.",
                $"classes of 0 to {Classes - 1}.");
            powers += teacher[used] = Math.Exp(logarithms[used] / temperature);
            logits[used] = z[ids[used]];
            studentKept += Math.Exp(logits[used] / temperature - logSum);
            logitsKept += logits[used];
        }
        var others = Classes - used;
        var tail = others == 0 ? 0 : Math.Max(TailMass[row], RowLossTerms.LeastTail);
        var tailPower = others == 0 ? 0 : Terms.Tail switch
        {
            TailMode.TailBucket => Math.Pow(tail, 1 / temperature),
            TailMode.Renormalise => 0,
            _ => Math.Pow(others, 1 - 1 / temperature) * Math.Pow(tail, 1 / temperature),
        };
        var normaliser = powers + tailPower;
        double loss = 0, keptMass = 0;
        for (var i = 0; i < used; i++)
        {
            var p = teacher[i] /= normaliser;
            keptMass += p;
            if (p != 0) loss += p * (Math.Log(p) - (logits[i] / temperature - logSum));
        }
        // The gradient is T·(q·studentFactor − offset − p): p is 0 outside the kept classes, and inside the tail's terms are missing.
        double tailMass = tailPower / normaliser, studentFactor = 1, keptFactor = 1, offset = 0;
        switch (Terms.Tail)
        {
            case TailMode.TailBucket when others > 0:
                var studentTail = 1 - studentKept;
                if (studentTail <= Cancelling) studentTail = TailShare(z, ids, used, bound, logSum);
                studentTail = studentTail < RowLossTerms.LeastTail ? RowLossTerms.LeastTail : studentTail; // a NaN stays
                loss += tailMass * (Math.Log(tailMass) - Math.Log(studentTail));
                studentFactor = 1 - tailMass / studentTail;
                break;
            case TailMode.Ignore or TailMode.Renormalise: // the mass is 0 where nothing was kept
                studentFactor = keptFactor = keptMass;
                break;
            case TailMode.UniformTail when others > 0:
                offset = tailMass / others;
                loss += tailMass * Math.Log(offset) - offset * ((RowSums.Sum(z, Classes) - logitsKept) / temperature - others * logSum);
                break;
        }
        if (double.IsNaN(logSum)) loss = double.NaN; // also where no kept class met the NaN
        if (gradient == null) return temperature * temperature * loss;

        var scale = SoftShare * temperature;
        DenseGradient(z, gradient, (float)logSum, scale * studentFactor, scale * offset + HardFloor, hardBound, hardFactor);
        for (var i = 0; i < used; i++)
        {
            var value = scale * (keptFactor * Math.Exp(logits[i] / temperature - logSum) - teacher[i]);
            if (HasHard) value += Math.Exp(logits[i] - hardBound) * hardFactor - HardFloor;
            gradient[ids[i]] = (float)value;
        }
        SubtractLabel(gradient, row);
        return temperature * temperature * loss;
    }

    /// <summary>gradient = softmax(z/T)·factor − offset + the hard part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void DenseGradient(float* z, float* gradient, float logSum, double factor, double offset, float hardBound,
        float hardFactor)
    {
        Vector512<float> scale = Vector512.Create((float)(1 / Terms.Temperature)), logSums = Vector512.Create(logSum);
        Vector512<float> factors = Vector512.Create((float)factor), offsets = Vector512.Create((float)-offset);
        Vector512<float> bounds = Vector512.Create(hardBound), hardFactors = Vector512.Create(hardFactor);
        for (var i = 0L; i < Classes; i += Lanes.Count)
        {
            var logits = Vector512.Load(z + i);
            var value = Vector512.MultiplyAddEstimate(CpuMath.Exp(logits * scale - logSums), factors, offsets);
            if (HasHard) value = Vector512.MultiplyAddEstimate(CpuMath.Exp(logits - bounds), hardFactors, value);
            Lanes.Store(gradient + i, Classes - i, value);
        }
    }

    /// <summary>Σ q outside the kept classes: over the gaps between their ascending ids.</summary>
    private readonly double TailShare(float* z, int* ids, int used, float bound, double logSum)
    {
        var scale = (float)(1 / Terms.Temperature);
        var sum = 0.0;
        var next = 0L;
        for (var i = 0; i <= used; i++)
        {
            var end = i < used ? ids[i] : Classes;
            if (end > next) sum += RowSums.Exponentials(z + next, end - next, bound, scale, null);
            next = end + 1;
        }
        return sum * Math.Exp(bound / Terms.Temperature - logSum);
    }
}
