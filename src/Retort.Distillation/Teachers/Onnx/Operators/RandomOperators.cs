using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>
/// Random numbers. They follow the node's seed, or its name where it has none, so that the same model on the same input always gives the
/// same answer; another runtime draws other numbers.
/// </summary>
internal static class RandomOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["RandomUniform"] = call => [Uniform(call, Extents.Of(call.Ints("shape") ?? []), OnnxType.Float)],
        ["RandomUniformLike"] = call => [Uniform(call, call.Array(0).Shape, call.Array(0).Type)],
        ["RandomNormal"] = call => [Normal(call, Extents.Of(call.Ints("shape") ?? []), OnnxType.Float)],
        ["RandomNormalLike"] = call => [Normal(call, call.Array(0).Shape, call.Array(0).Type)],
        ["Bernoulli"] = call => [Bernoulli(call)],
        ["Multinomial"] = call => [Multinomial(call)],
        ["Dropout"] = Dropout,
    };

    /// <summary>The seed is a whole number for Dropout, and else a float.</summary>
    private static Seed Seeded(OperatorCall call) => !call.HasAttribute("seed")
        ? new Seed(0).Derive(call.Node.Title + string.Join(',', call.Node.Outputs))
        : new Seed(call.Node.Operator == "Dropout" ? (ulong)call.Int("seed", 0) : BitConverter.SingleToUInt32Bits(call.Float("seed", 0)));

    private static OnnxArray Drawn(OperatorCall call, int[] shape, OnnxType missing, Func<Seed, ulong, double> draw)
    {
        var seed = Seeded(call);
        var numbers = new double[Extents.Count(shape)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = draw(seed, (ulong)i);
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, numbers), (OnnxType)call.Int("dtype", (long)missing));
    }

    private static OnnxArray Uniform(OperatorCall call, int[] shape, OnnxType type)
    {
        var (low, high) = (call.Float("low", 0), call.Float("high", 1));
        return Drawn(call, shape, type, (seed, i) => low + (high - low) * seed.UniformDouble(i));
    }

    private static OnnxArray Normal(OperatorCall call, int[] shape, OnnxType type)
    {
        var (mean, scale) = (call.Float("mean", 0), call.Float("scale", 1));
        return Drawn(call, shape, type, (seed, i) => mean + scale * seed.Normal(i));
    }

    private static OnnxArray Bernoulli(OperatorCall call)
    {
        var chances = call.Array(0).Doubles();
        return Drawn(call, call.Array(0).Shape, call.Array(0).Type, (seed, i) => seed.UniformDouble(i) < chances[i] ? 1 : 0);
    }

    /// <summary>Classes drawn by their logits.</summary>
    private static OnnxArray Multinomial(OperatorCall call)
    {
        var (rows, classes) = (call.Array(0).Shape[0], call.Array(0).Shape[1]);
        var (chances, count) = (SoftmaxOperators.Softmax(call.Array(0)).Doubles(), (int)call.Int("sample_size", 1));
        return Drawn(call, [rows, count], OnnxType.Int32, (seed, i) =>
        {
            var left = seed.UniformDouble(i);
            var row = (int)i / count * classes;
            var chosen = 0;
            while (chosen < classes - 1 && (left -= chances[row + chosen]) >= 0) chosen++;
            return chosen;
        });
    }

    /// <summary>Everything stays unless the node says that it trains; then the kept numbers grow by 1 / (1 − ratio).</summary>
    private static OnnxValue?[] Dropout(OperatorCall call)
    {
        var x = call.Array(0);
        var ratio = call.Optional(1)?.Double() ?? call.Float("ratio", 0.5f);
        var maskType = call.Opset < 10 ? x.Type : OnnxType.Bool;
        if (call.Optional(2)?.Bools()[0] != true || ratio == 0)
            return [x, CastOperators.Cast(OnnxArray.Of(x.Shape, Enumerable.Repeat(true, x.Count).ToArray()), maskType)];
        var seed = Seeded(call);
        var kept = new bool[x.Count];
        for (var i = 0; i < kept.Length; i++) kept[i] = seed.UniformDouble((ulong)i) >= ratio;
        var values = x.Doubles();
        var y = values.Select((value, i) => kept[i] ? value / (1 - ratio) : 0).ToArray();
        return [CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, x.Shape, y), x.Type),
            CastOperators.Cast(OnnxArray.Of(x.Shape, kept), maskType)];
    }
}
