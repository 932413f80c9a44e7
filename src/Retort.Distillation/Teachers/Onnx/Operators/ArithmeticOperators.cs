using System.Numerics;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Sums, products and the like of two or more arrays.</summary>
internal static class ArithmeticOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Add"] = Two<Addition>,
        ["Sub"] = Two<Subtraction>,
        ["Mul"] = Two<Multiplication>,
        ["Div"] = Two<Division>,
        ["Max"] = Many<Larger>,
        ["Min"] = Many<Smaller>,
        ["Sum"] = Many<Addition>,
        ["Mean"] = call => [Elementwise.Combine<Division>(Folded<Addition>(call), Count(call))],
        ["Pow"] = call => [Power(call.Array(0), call.Array(1))],
        ["Mod"] = call => [Numbers.Visit<Remainder, OnnxArray>(call.Array(0), new Remainder(call.Array(1), call.Int("fmod", 0) == 1))],
    };

    /// <summary>Before opset 7 the second array was laid along the first from an axis on.</summary>
    private static OnnxValue?[] Two<TRule>(OperatorCall call) where TRule : IBinaryRule
    {
        var (x, y) = (call.Array(0), call.Array(1));
        return [Elementwise.Combine<TRule>(x, call.Opset < 7 ? AlongAxis(call, x, y) : y)];
    }

    private static OnnxArray AlongAxis(OperatorCall call, OnnxArray x, OnnxArray y)
    {
        var axis = call.Int("axis", -1);
        if (call.Int("broadcast", 0) == 0 || axis < 0 || y.Rank == x.Rank) return y;
        var after = x.Rank - (int)axis - y.Rank;
        return after <= 0 ? y : y.Reshaped([.. y.Shape, .. Enumerable.Repeat(1, after)]);
    }

    private static OnnxValue?[] Many<TRule>(OperatorCall call) where TRule : IBinaryRule => [Folded<TRule>(call)];

    private static OnnxArray Folded<TRule>(OperatorCall call) where TRule : IBinaryRule
    {
        var result = call.Array(0);
        for (var i = 1; i < call.Inputs.Length; i++) result = Elementwise.Combine<TRule>(result, call.Array(i));
        return result;
    }

    private static OnnxArray Count(OperatorCall call)
    {
        var type = call.Array(0).Type;
        return type == OnnxType.Double ? new OnnxArray<double>(type, [], [call.Inputs.Length])
            : new OnnxArray<float>(type, [], [call.Inputs.Length]);
    }

    /// <summary>The result has the type of the base.</summary>
    private static OnnxArray Power(OnnxArray x, OnnxArray exponent) => x switch
    {
        OnnxArray<float> a => Elementwise.Pairs(a, Doubles(exponent), x.Type, (value, power) => (float)Math.Pow(value, power)),
        OnnxArray<double> a => Elementwise.Pairs(a, Doubles(exponent), x.Type, Math.Pow),
        _ => CastOperators.Cast(Elementwise.Pairs(Doubles(x), Doubles(exponent), OnnxType.Double, Math.Pow), x.Type),
    };

    private static OnnxArray<double> Doubles(OnnxArray x) => new(OnnxType.Double, x.Shape, x.Doubles());

    /// <summary>fmod takes the sign of the dividend, the other of the divisor.</summary>
    private readonly struct Remainder(OnnxArray divisor, bool ofDividend) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var takesDividend = ofDividend;
            return Elementwise.Pairs(array, divisor.As<T>(), array.Type, (x, y) =>
            {
                var rest = x % y;
                return takesDividend || T.IsZero(rest) || T.IsNegative(rest) == T.IsNegative(y) ? rest : rest + y;
            });
        }
    }
}
