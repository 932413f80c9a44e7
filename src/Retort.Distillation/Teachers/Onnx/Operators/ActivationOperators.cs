using System.Numerics;
using System.Numerics.Tensors;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Activations, element by element.</summary>
internal static class ActivationOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Relu"] = call => [Numbers.Visit<Rectified, OnnxArray>(call.Array(0), default)],
        ["Sigmoid"] = call => [Sigmoid(call.Array(0))],
        ["Tanh"] = call => [Tanh(call.Array(0))],
        ["Softplus"] = Of(x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)))),
        ["Softsign"] = Of(x => x / (1 + Math.Abs(x))),
        ["LeakyRelu"] = With("alpha", 0.01f, (x, slope) => x < 0 ? slope * x : x),
        ["ThresholdedRelu"] = With("alpha", 1, (x, threshold) => x > threshold ? x : 0),
        ["Elu"] = With("alpha", 1, (x, size) => x < 0 ? size * (Math.Exp(x) - 1) : x),
        ["Celu"] = With("alpha", 1, (x, size) => Math.Max(0, x) + Math.Min(0, size * (Math.Exp(x / size) - 1))),
        ["Selu"] = With("alpha", 1.67326319f, "gamma", 1.05070102f, (x, size, scale) => scale * (x <= 0 ? size * (Math.Exp(x) - 1) : x)),
        ["HardSigmoid"] = With("alpha", 0.2f, "beta", 0.5f, (x, slope, offset) => Math.Clamp(slope * x + offset, 0, 1)),
        ["HardSwish"] = Of(x => x * Math.Clamp(x / 6 + 0.5, 0, 1)),
        ["Mish"] = Of(x => x * Math.Tanh(Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))))),
        ["Swish"] = With("alpha", 1, (x, slope) => x / (1 + Math.Exp(-slope * x))),
        ["Shrink"] = With("lambd", 0.5f, "bias", 0, (x, limit, bias) => x < -limit ? x + bias : x > limit ? x - bias : 0),
        ["Gelu"] = call => [Gelu(call.Array(0), call.Text("approximate", "none") == "tanh")],
        ["PRelu"] = call => [Sloped(call.Array(0), call.Opset < 7 ? ByChannel(call.Array(1), call.Array(0)) : call.Array(1))],
    };

    public static OnnxArray Sigmoid(OnnxArray x) => x is OnnxArray<float> floats ? ElementOperators.Rows(floats, TensorPrimitives.Sigmoid)
        : Elementwise.Map(x, value => 1 / (1 + Math.Exp(-value)));

    public static OnnxArray Tanh(OnnxArray x) => x is OnnxArray<float> floats ? ElementOperators.Rows(floats, TensorPrimitives.Tanh)
        : Elementwise.Map(x, Math.Tanh);

    public static OnnxArray Gelu(OnnxArray x, bool approximate) => Elementwise.Map(x, approximate
        ? value => value / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + 0.044715 * value * value * value)))
        : value => value / 2 * (1 + ErrorFunction.Of(value / Math.Sqrt(2))));

    private static OnnxOperator Of(Func<double, double> function) => call => [Mapped(call, function)];

    private static OnnxOperator With(string name, float missing, Func<double, double, double> function) => call =>
    {
        var constant = call.Float(name, missing);
        return [Mapped(call, value => function(value, constant))];
    };

    private static OnnxOperator With(string name, float missing, string second, float missingSecond,
        Func<double, double, double, double> function) => call =>
    {
        var (constant, other) = (call.Float(name, missing), call.Float(second, missingSecond));
        return [Mapped(call, value => function(value, constant, other))];
    };

    /// <summary>Whole numbers too, for Shrink.</summary>
    private static OnnxArray Mapped(OperatorCall call, Func<double, double> function)
    {
        var x = call.Array(0);
        if (x.IsFloat) return Elementwise.Map(x, function);
        var doubles = new OnnxArray<double>(OnnxType.Double, x.Shape, x.Doubles());
        return CastOperators.Cast(Elementwise.Map(doubles, function), x.Type);
    }

    /// <summary>Before opset 7 a vector of slopes was one a channel.</summary>
    private static OnnxArray ByChannel(OnnxArray slope, OnnxArray x) => slope.Rank != 1 || x.Rank < 2 || slope.Count != x.Shape[1] ? slope
        : slope.Reshaped([slope.Count, .. Enumerable.Repeat(1, x.Rank - 2)]);

    private static OnnxArray Sloped(OnnxArray x, OnnxArray slope) => Numbers.Visit<Sloping, OnnxArray>(x, new Sloping(slope));

    private readonly struct Sloping(OnnxArray slope) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T> =>
            Elementwise.Pairs(array, slope.As<T>(), array.Type, (x, s) => x < T.Zero ? s * x : x);
    }

    private readonly struct Rectified : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var y = new T[array.Count];
            TensorPrimitives.Max(array.Data, T.Zero, y);
            return new OnnxArray<T>(array.Type, array.Shape, y);
        }
    }
}
