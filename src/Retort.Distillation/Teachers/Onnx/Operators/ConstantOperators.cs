using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Arrays that come from nothing but numbers of the node.</summary>
internal static class ConstantOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Constant"] = call => [Constant(call)],
        ["ConstantOfShape"] = call => [ConstantOfShape(call)],
        ["Range"] = call => [Numbers.Visit<Counting, OnnxArray>(call.Array(0), new Counting(call.Array(1), call.Array(2)))],
    };

    private static OnnxArray Constant(OperatorCall call)
    {
        if (call.Tensor("value") is { } tensor) return tensor;
        var (name, value) = call.Node.Attributes.FirstOrDefault();
        return (name, value) switch
        {
            ("value_float", float number) => OnnxArray.Of([], [number]),
            ("value_int", long number) => OnnxArray.Of([], [number]),
            ("value_string", string text) => OnnxArray.Of([], [text]),
            ("value_floats", float[] numbers) => OnnxArray.Of([numbers.Length], numbers),
            ("value_ints", long[] numbers) => OnnxArray.Of([numbers.Length], numbers),
            ("value_strings", string[] texts) => OnnxArray.Of([texts.Length], texts),
            _ => throw call.Refuse($"the constant is given as '{name}'", "a dense value."),
        };
    }

    private static OnnxArray ConstantOfShape(OperatorCall call)
    {
        var fill = call.Tensor("value") ?? OnnxArray.Of([1], [0f]);
        return fill.Filled(Extents.Of(call.Array(0).Longs()), fill);
    }

    private readonly struct Counting(OnnxArray limit, OnnxArray delta) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var (start, end, step) = (array.Data[0], limit.As<T>().Data[0], delta.As<T>().Data[0]);
            var count = Math.Ceiling((double.CreateTruncating(end) - double.CreateTruncating(start)) / double.CreateTruncating(step));
            int[] shape = [count > int.MaxValue || double.IsNaN(count) ? int.MaxValue : (int)Math.Max(0, count)];
            var numbers = new T[Extents.Count(shape)];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = start + T.CreateTruncating(i) * step;
            return new OnnxArray<T>(array.Type, shape, numbers);
        }
    }
}
