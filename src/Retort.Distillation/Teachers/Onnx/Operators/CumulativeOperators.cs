using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Sums and products of all elements up to each.</summary>
internal static class CumulativeOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["CumSum"] = call => [Run(call, false)],
        ["CumProd"] = call => [Run(call, true)],
    };

    private static OnnxArray Run(OperatorCall call, bool multiplies)
    {
        var rows = Reduced.Along(call.Array(0), call.Array(1).Long());
        var (excludes, reversed) = (call.Int("exclusive", 0) == 1, call.Int("reverse", 0) == 1);
        return rows.Back(Numbers.Visit<Running, OnnxArray>(rows.Rows, new Running(rows.Length, multiplies, excludes, reversed)));
    }

    private readonly struct Running(int length, bool multiplies, bool excludes, bool reversed) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var result = new T[array.Count];
            for (var row = 0; row < result.Length; row += length)
            {
                var total = multiplies ? T.One : T.Zero;
                for (var step = 0; step < length; step++)
                {
                    var at = row + (reversed ? length - 1 - step : step);
                    var before = total;
                    total = multiplies ? total * array.Data[at] : total + array.Data[at];
                    result[at] = excludes ? before : total;
                }
            }
            return new OnnxArray<T>(array.Type, array.Shape, result);
        }
    }
}
