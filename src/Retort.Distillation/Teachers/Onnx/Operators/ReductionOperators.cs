using System.Numerics;
using System.Numerics.Tensors;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>One number for many: sums, maxima and their places.</summary>
internal static class ReductionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["ReduceSum"] = Of(Reduction.Sum),
        ["ReduceProd"] = Of(Reduction.Product),
        ["ReduceMax"] = Of(Reduction.Maximum),
        ["ReduceMin"] = Of(Reduction.Minimum),
        ["ReduceMean"] = Of(Reduction.Mean),
        ["ReduceL1"] = Of(Reduction.Magnitudes),
        ["ReduceL2"] = Of(Reduction.Norm),
        ["ReduceSumSquare"] = Of(Reduction.Squares),
        ["ReduceLogSum"] = Of(Reduction.LogSum),
        ["ReduceLogSumExp"] = Of(Reduction.LogSumExp),
        ["ArgMax"] = call => [Place(call, 1)],
        ["ArgMin"] = call => [Place(call, -1)],
    };

    private enum Reduction { Sum, Product, Maximum, Minimum, Mean, Magnitudes, Norm, Squares, LogSum, LogSumExp }

    private static OnnxOperator Of(Reduction reduction) => call =>
    {
        var x = call.Array(0);
        var given = call.IntsOrInput("axes", 1);
        if (given is null or [] && call.Int("noop_with_empty_axes", 0) == 1) return [ElementOnly(reduction, x)];
        var axes = given is null or [] ? [.. Enumerable.Range(0, x.Rank)] : Extents.Axes(given, x.Rank).Order().ToArray();
        var rows = new Reduced(x, axes);
        var result = Numbers.Visit<Reducing, OnnxArray>(rows.Rows, new Reducing(rows, reduction, rows.Result(call.Int("keepdims", 1) == 1)));
        return [x.Type == OnnxType.Bool ? CastOperators.Cast(result, OnnxType.Bool) : result];
    };

    /// <summary>Over no axis at all: each element is its own row.</summary>
    private static OnnxArray ElementOnly(Reduction reduction, OnnxArray x) => reduction switch
    {
        Reduction.Squares or Reduction.Magnitudes or Reduction.Norm or Reduction.LogSum =>
            Numbers.Visit<Reducing, OnnxArray>(x, new Reducing(new Reduced(x, []), reduction, x.Shape)),
        _ => x,
    };

    private static OnnxArray Place(OperatorCall call, int sign)
    {
        var x = call.Array(0);
        var rows = Reduced.Along(x, call.Int("axis", 0));
        rows.RefuseEmpty(call.Node.Operator);
        var places = Numbers.Visit<Placing, long[]>(rows.Rows, new Placing(rows, sign, call.Int("select_last_index", 0) == 1));
        return OnnxArray.Of(rows.Result(call.Int("keepdims", 1) == 1), places);
    }

    private readonly struct Reducing(Reduced rows, Reduction reduction, int[] shape) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var results = new T[rows.Outer];
            for (var row = 0; row < results.Length; row++)
                results[row] = Of<T>(array.Data.AsSpan(row * rows.Length, rows.Length));
            return new OnnxArray<T>(array.Type, shape, results);
        }

        private T Of<T>(ReadOnlySpan<T> row) where T : struct, INumber<T>, IMinMaxValue<T> => reduction switch
        {
            Reduction.Sum => TensorPrimitives.Sum(row),
            Reduction.Product => row.IsEmpty ? T.One : TensorPrimitives.Product(row),
            Reduction.Maximum => row.IsEmpty ? Lowest<T>(true) : TensorPrimitives.Max(row),
            Reduction.Minimum => row.IsEmpty ? Lowest<T>(false) : TensorPrimitives.Min(row),
            Reduction.Mean => TensorPrimitives.Sum(row) / T.CreateTruncating(row.Length),
            Reduction.Magnitudes => TensorPrimitives.SumOfMagnitudes(row),
            Reduction.Squares => TensorPrimitives.SumOfSquares(row),
            Reduction.Norm => T.CreateTruncating(Math.Sqrt(double.CreateTruncating(TensorPrimitives.SumOfSquares(row)))),
            Reduction.LogSum => T.CreateTruncating(Math.Log(double.CreateTruncating(TensorPrimitives.Sum(row)))),
            _ => T.CreateTruncating(LogSumExp(row)),
        };

        /// <summary>What a maximum, or a minimum, of nothing is.</summary>
        private static T Lowest<T>(bool maximum) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
                return T.CreateTruncating(maximum ? double.NegativeInfinity : double.PositiveInfinity);
            return maximum ? T.MinValue : T.MaxValue;
        }

        private static double LogSumExp<T>(ReadOnlySpan<T> row) where T : struct, INumber<T>
        {
            var largest = double.NegativeInfinity;
            foreach (var value in row) largest = Math.Max(largest, double.CreateTruncating(value));
            if (double.IsInfinity(largest)) return largest;
            var sum = 0.0;
            foreach (var value in row) sum += Math.Exp(double.CreateTruncating(value) - largest);
            return largest + Math.Log(sum);
        }
    }

    private readonly struct Placing(Reduced rows, int sign, bool last) : INumberWork<long[]>
    {
        public long[] Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var places = new long[rows.Outer];
            for (var row = 0; row < places.Length; row++)
            {
                var values = array.Data.AsSpan(row * rows.Length, rows.Length);
                var best = 0;
                for (var i = 1; i < values.Length; i++)
                {
                    var order = values[i].CompareTo(values[best]) * sign;
                    if (order > 0 || (order == 0 && last)) best = i;
                }
                places[row] = best;
            }
            return places;
        }
    }
}
