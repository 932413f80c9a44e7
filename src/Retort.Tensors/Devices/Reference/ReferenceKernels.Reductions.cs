namespace Retort.Tensors.Devices.Reference;

/// <summary>Reductions and softmax over the middle of [outer, count, inner].</summary>
internal sealed partial class ReferenceKernels
{
    /// <summary>One line of numbers: those along the middle dimension at some (outer, inner).</summary>
    private readonly ref struct Line(Span<double> values, long start, long step, long count)
    {
        private readonly Span<double> _values = values;
        public int Count => (int)count;
        public ref double this[int index] => ref _values[(int)(start + index * step)];
    }

    private static Line At(Storage storage, long outer, long count, long inner, long i, long j) =>
        new(outer == 0 ? default : Reals(storage), i * count * inner + j, inner, count);

    private static double Largest(Line x)
    {
        var best = double.NegativeInfinity;
        for (var i = 0; i < x.Count; i++)
            if (Beats(x[i], best)) best = x[i];
        return best;
    }

    /// <summary>ln Σ exp(x), with the maximum taken out.</summary>
    private static double LogSumExp(Line x)
    {
        var largest = Largest(x);
        if (double.IsInfinity(largest)) return largest;
        var sum = 0.0;
        for (var i = 0; i < x.Count; i++) sum += Math.Exp(x[i] - largest);
        return largest + Math.Log(sum);
    }

    private static double Sum(Line x)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Count; i++) sum += x[i];
        return sum;
    }

    private static double SquaresAround(Line x, double centre)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Count; i++) sum += (x[i] - centre) * (x[i] - centre);
        return sum;
    }

    public override void Reduce(Reduction reduction, Storage x, long outer, long count, long inner, Storage y, Storage indices)
    {
        for (var i = 0L; i < outer; i++)
            for (var j = 0L; j < inner; j++)
            {
                var line = At(x, outer, count, inner, i, j);
                var place = (int)(i * inner + j);
                Reals(y)[place] = reduction switch
                {
                    Reduction.Sum => Sum(line),
                    Reduction.Mean => Sum(line) / count,
                    Reduction.Maximum => Largest(line),
                    Reduction.LogSumExp => LogSumExp(line),
                    Reduction.Variance => SquaresAround(line, Sum(line) / count) / (count - 1),
                    _ => Math.Sqrt(SquaresAround(line, 0)),
                };
                if (reduction == Reduction.Maximum && indices.Length > 0) Integers(indices)[place] = Position(line);
            }
    }

    private static int Position(Line x)
    {
        var best = 0;
        for (var i = 1; i < x.Count; i++)
            if (Beats(x[i], x[best])) best = i;
        return best;
    }

    public override void ReduceBackward(Reduction reduction, Storage x, Storage y, Storage indices, long outer, long count, long inner,
        Storage dy, Storage dx, bool accumulate)
    {
        for (var i = 0L; i < outer; i++)
            for (var j = 0L; j < inner; j++)
            {
                Line from = At(x, outer, count, inner, i, j), to = At(dx, outer, count, inner, i, j);
                var place = (int)(i * inner + j);
                var mean = Sum(from) / count;
                var chosen = reduction != Reduction.Maximum ? 0 : indices.Length > 0 ? Integers(indices)[place] : Position(from);
                for (var k = 0; k < count; k++)
                {
                    var value = Reals(y)[place];
                    var slope = reduction switch
                    {
                        Reduction.Sum => 1,
                        Reduction.Mean => 1.0 / count,
                        Reduction.Maximum => k == chosen ? 1 : 0,
                        Reduction.LogSumExp => Math.Exp(from[k] - value),
                        Reduction.Variance => 2 * (from[k] - mean) / (count - 1),
                        _ => value == 0 ? 0 : from[k] / value, // the norm has no slope at 0: PyTorch says 0
                    };
                    Put(ref to[k], Reals(dy)[place] * slope, accumulate);
                }
            }
    }

    public override void Softmax(bool logarithm, Storage x, long outer, long count, long inner, Storage y)
    {
        for (var i = 0L; i < outer; i++)
            for (var j = 0L; j < inner; j++)
            {
                Line from = At(x, outer, count, inner, i, j), to = At(y, outer, count, inner, i, j);
                var total = LogSumExp(from);
                for (var k = 0; k < count; k++) to[k] = logarithm ? from[k] - total : Math.Exp(from[k] - total);
            }
    }

    public override void SoftmaxBackward(bool logarithm, Storage y, long outer, long count, long inner, Storage dy, Storage dx,
        bool accumulate)
    {
        for (var i = 0L; i < outer; i++)
            for (var j = 0L; j < inner; j++)
            {
                Line value = At(y, outer, count, inner, i, j), upstream = At(dy, outer, count, inner, i, j),
                    to = At(dx, outer, count, inner, i, j);
                var sum = 0.0;
                for (var k = 0; k < count; k++) sum += logarithm ? upstream[k] : upstream[k] * value[k];
                for (var k = 0; k < count; k++)
                    Put(ref to[k], logarithm ? upstream[k] - Math.Exp(value[k]) * sum : value[k] * (upstream[k] - sum), accumulate);
            }
    }
}
