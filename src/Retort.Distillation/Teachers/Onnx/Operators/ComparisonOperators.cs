using System.Numerics;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Comparisons and logic: truth values come out.</summary>
internal static class ComparisonOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Equal"] = call => [Equal(call.Array(0), call.Array(1))],
        ["Less"] = call => [Compare(call, Relation.Less)],
        ["LessOrEqual"] = call => [Compare(call, Relation.LessOrEqual)],
        ["Greater"] = call => [Compare(call, Relation.Greater)],
        ["GreaterOrEqual"] = call => [Compare(call, Relation.GreaterOrEqual)],
        ["And"] = call => [Logic(call, (x, y) => x && y)],
        ["Or"] = call => [Logic(call, (x, y) => x || y)],
        ["Xor"] = call => [Logic(call, (x, y) => x != y)],
        ["Not"] = call => [OnnxArray.Of(call.Array(0).Shape, Array.ConvertAll(call.Array(0).Bools(), value => !value))],
        ["IsNaN"] = call => [Test(call, double.IsNaN)],
        ["IsInf"] = IsInfinite,
    };

    private enum Relation { Less, LessOrEqual, Greater, GreaterOrEqual, Equal }

    private static OnnxArray Compare(OperatorCall call, Relation relation) =>
        Numbers.Visit<Comparing, OnnxArray>(call.Array(0), new Comparing(call.Array(1), relation));

    private static OnnxArray Equal(OnnxArray x, OnnxArray y) => (x, y) switch
    {
        (OnnxArray<bool> a, OnnxArray<bool> b) => Elementwise.Pairs(a, b, OnnxType.Bool, (p, q) => p == q),
        (OnnxArray<string> a, OnnxArray<string> b) => Elementwise.Pairs(a, b, OnnxType.Bool, string.Equals),
        _ => Numbers.Visit<Comparing, OnnxArray>(x, new Comparing(y, Relation.Equal)),
    };

    private static OnnxArray Logic(OperatorCall call, Func<bool, bool, bool> rule) =>
        Elementwise.Pairs(call.Array(0).As<bool>(), call.Array(1).As<bool>(), OnnxType.Bool, rule);

    private static OnnxArray Test(OperatorCall call, Func<double, bool> test) =>
        OnnxArray.Of(call.Array(0).Shape, Array.ConvertAll(call.Array(0).Doubles(), value => test(value)));

    private static OnnxValue?[] IsInfinite(OperatorCall call)
    {
        var (negative, positive) = (call.Int("detect_negative", 1) == 1, call.Int("detect_positive", 1) == 1);
        return [Test(call, value => (negative && double.IsNegativeInfinity(value)) || (positive && double.IsPositiveInfinity(value)))];
    }

    private readonly struct Comparing(OnnxArray other, Relation relation) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T> =>
            Elementwise.Pairs(array, other.As<T>(), OnnxType.Bool, relation switch
            {
                Relation.Less => (x, y) => x < y,
                Relation.LessOrEqual => (x, y) => x <= y,
                Relation.Greater => (x, y) => x > y,
                Relation.GreaterOrEqual => (x, y) => x >= y,
                _ => (Func<T, T, bool>)((x, y) => x == y),
            });
    }
}
