using System.Numerics;
using System.Numerics.Tensors;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Functions of one number, other than activations.</summary>
internal static class ElementOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Abs"] = call => [Numbers.Visit<Absolute, OnnxArray>(call.Array(0), default)],
        ["Neg"] = call => [Numbers.Visit<Negated, OnnxArray>(call.Array(0), default)],
        ["Sign"] = call => [Numbers.Visit<Signs, OnnxArray>(call.Array(0), default)],
        ["Reciprocal"] = call => [Elementwise.Map(call.Array(0), value => 1 / value, value => 1 / value)],
        ["Floor"] = Of(Math.Floor),
        ["Ceil"] = Of(Math.Ceiling),
        ["Round"] = Of(value => Math.Round(value, MidpointRounding.ToEven)),
        ["Sqrt"] = call => [Elementwise.Map(call.Array(0), MathF.Sqrt, Math.Sqrt)],
        ["Exp"] = call => [call.Array(0) is OnnxArray<float> x ? Rows(x, TensorPrimitives.Exp) : Elementwise.Map(call.Array(0), Math.Exp)],
        ["Log"] = Of(Math.Log),
        ["Erf"] = Of(ErrorFunction.Of),
        ["Sin"] = Of(Math.Sin),
        ["Cos"] = Of(Math.Cos),
        ["Tan"] = Of(Math.Tan),
        ["Asin"] = Of(Math.Asin),
        ["Acos"] = Of(Math.Acos),
        ["Atan"] = Of(Math.Atan),
        ["Sinh"] = Of(Math.Sinh),
        ["Cosh"] = Of(Math.Cosh),
        ["Asinh"] = Of(Math.Asinh),
        ["Acosh"] = Of(Math.Acosh),
        ["Atanh"] = Of(Math.Atanh),
        ["Clip"] = Clip,
    };

    /// <summary>A whole row of floats at once.</summary>
    public delegate void RowFunction(ReadOnlySpan<float> x, Span<float> y);

    public static OnnxArray Rows(OnnxArray<float> x, RowFunction function)
    {
        var y = new float[x.Count];
        function(x.Data, y);
        return new OnnxArray<float>(x.Type, x.Shape, y);
    }

    private static OnnxOperator Of(Func<double, double> function) => call => [Elementwise.Map(call.Array(0), function)];

    private static OnnxValue?[] Clip(OperatorCall call) =>
        [Numbers.Visit<Clipped, OnnxArray>(call.Array(0), new Clipped(Bound(call, "min", 1), Bound(call, "max", 2)))];

    /// <summary>An attribute before opset 11, an input since.</summary>
    private static OnnxArray? Bound(OperatorCall call, string name, int input) => call.Optional(input)
        ?? (call.HasAttribute(name) ? new OnnxArray<float>(OnnxType.Float, [], [call.Float(name, 0)]) : null);

    private readonly struct Clipped(OnnxArray? low, OnnxArray? high) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var least = low is null ? default(T?) : ((OnnxArray<T>)CastOperators.Cast(low, array.Type)).Data[0];
            var most = high is null ? default(T?) : ((OnnxArray<T>)CastOperators.Cast(high, array.Type)).Data[0];
            return new OnnxArray<T>(array.Type, array.Shape, Array.ConvertAll(array.Data, value =>
            {
                if (least is { } l && value < l) value = l;
                return most is { } m && value > m ? m : value;
            }));
        }
    }

    private readonly struct Absolute : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T> =>
            new OnnxArray<T>(array.Type, array.Shape, Array.ConvertAll(array.Data, T.Abs));
    }

    private readonly struct Negated : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T> =>
            new OnnxArray<T>(array.Type, array.Shape, Array.ConvertAll(array.Data, value => -value));
    }

    private readonly struct Signs : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T> =>
            new OnnxArray<T>(array.Type, array.Shape,
                Array.ConvertAll(array.Data, value => value > T.Zero ? T.One : value < T.Zero ? -T.One : value));
    }
}
