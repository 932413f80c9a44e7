using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal unsafe partial struct RowLossRow
{
    /// <summary>Cross-entropy alone; writes the whole gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double HardRow(long row)
    {
        var z = LogitsOf(row);
        var gradient = GradientOf(row);
        if (!HasHard)
        {
            if (gradient != null) new Span<float>(gradient, (int)Classes).Clear();
            return 0;
        }
        var target = HardTarget(z, row); // before the gradient may overwrite the logits
        var bound = RowSums.Bound(z, Classes);
        var sum = RowSums.Exponentials(z, Classes, bound, 1, gradient);
        if (gradient != null)
        {
            Vector512<float> factor = Vector512.Create((float)(HardShare / sum)), floor = Vector512.Create((float)-HardFloor);
            for (var i = 0L; i < Classes; i += Lanes.Count)
                Lanes.Store(gradient + i, Classes - i, Vector512.MultiplyAddEstimate(Vector512.Load(gradient + i), factor, floor));
            SubtractLabel(gradient, row);
        }
        return Math.Log(sum) + bound - target;
    }

    /// <summary>½-free mean squared difference of the logits over the classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double SquaredRow(long row, out double hard)
    {
        float* z = LogitsOf(row), t = Teacher + row * Classes, gradient = GradientOf(row);
        var sum = 0.0;
        for (var block = 0L; block < Classes; block += RowSums.Block)
        {
            var end = Math.Min(block + RowSums.Block, Classes);
            var squares = Vector512<float>.Zero;
            for (var i = block; i < end; i += Lanes.Count)
            {
                var difference = Lanes.LoadOrZero(z + i, end - i) - Lanes.LoadOrZero(t + i, end - i);
                squares = Vector512.MultiplyAddEstimate(difference, difference, squares);
            }
            sum += Lanes.Sum(squares);
        }
        hard = HardNormaliser(z, row, out var bound, out var hardFactor);
        if (gradient != null)
        {
            var scale = Vector512.Create((float)(2 * SoftShare / Classes));
            Vector512<float> factor = Vector512.Create(hardFactor), floor = Vector512.Create((float)-HardFloor),
                bounds = Vector512.Create(bound);
            for (var i = 0L; i < Classes; i += Lanes.Count)
            {
                var logits = Vector512.Load(z + i);
                var value = (logits - Vector512.Load(t + i)) * scale;
                if (HasHard) value += Vector512.MultiplyAddEstimate(CpuMath.Exp(logits - bounds), factor, floor);
                Lanes.Store(gradient + i, Classes - i, value);
            }
            SubtractLabel(gradient, row);
        }
        return sum / Classes;
    }

    /// <summary>Cross-entropy beside another loss: its value, and what the gradient pass multiplies exp(z − bound) with.</summary>
    private readonly double HardNormaliser(float* z, long row, out float bound, out float factor)
    {
        bound = 0;
        factor = 0;
        if (!HasHard) return 0;
        bound = RowSums.Bound(z, Classes);
        var sum = RowSums.Exponentials(z, Classes, bound, 1, null);
        factor = (float)(HardShare / sum);
        return Math.Log(sum) + bound - HardTarget(z, row);
    }
}
