namespace Retort.Teachers.Onnx.Operators;

/// <summary>Rotary position embedding (Su et al. 2021): pairs of numbers turned by an angle that grows with the position.</summary>
internal static class RotaryOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["RotaryEmbedding"] = call => [Rotated(call)],
    };

    private static OnnxArray Rotated(OperatorCall call)
    {
        var given = call.Array(0);
        var x = given.Rank == 4 ? given : AttentionOperators.SplitHeads(given, (int)call.Int("num_heads", 1));
        var (heads, length, size) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        var turned = call.Int("rotary_embedding_dim", 0) is > 0 and var part ? (int)part : size;
        var (half, isInterleaved) = (turned / 2, call.Int("interleaved", 0) == 1);
        var (cosines, sines, places) = (call.Array(1).Floats(), call.Array(2).Floats(), call.Optional(3)?.Longs());
        var source = x.Floats();
        float[] y = [.. source];
        for (var row = 0; row < x.Count / Math.Max(size, 1); row++)
        {
            var token = row / length / heads * length + row % length;
            var angles = (int)(places?[token] ?? token) * half;
            for (var i = 0; i < half; i++)
            {
                var first = row * size + (isInterleaved ? 2 * i : i);
                var second = isInterleaved ? first + 1 : first + half;
                var (cosine, sine) = (cosines[angles + i], sines[angles + i]);
                y[first] = cosine * source[first] - sine * source[second];
                y[second] = sine * source[first] + cosine * source[second];
            }
        }
        var result = CastOperators.Cast(OnnxArray.Of(x.Shape, y), given.Type);
        return given.Rank == 4 ? result : AttentionOperators.JoinHeads(result);
    }
}
