using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>
/// Attention as a recurrence over a matrix of keys × values: S ← decay · S + k ⊗ v, o = scale · qᵀS. The delta rule writes only what S
/// does not yet say, v ← strength · (v − kᵀS) (Yang et al. 2024).
/// </summary>
internal static class LinearAttentionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["LinearAttention"] = Run,
    };

    private static OnnxValue?[] Run(OperatorCall call)
    {
        var (query, key, value) = (call.Array(0), call.Array(1), call.Array(2));
        var (queryHeads, heads) = ((int)call.Int("q_num_heads", 1), (int)call.Int("kv_num_heads", 1));
        var (batch, length) = (query.Shape[0], query.Shape[1]);
        var (keySize, valueSize) = (query.Shape[2] / queryHeads, value.Shape[2] / heads);
        var scale = call.Float("scale", 0) is var given && given == 0 ? 1 / Math.Sqrt(keySize) : given;
        int[] stateShape = [batch, heads, keySize, valueSize];
        var states = call.Optional(3)?.Doubles().ToArray() ?? new double[Extents.Count(stateShape)];
        var (q, k, v) = (query.Doubles(), key.Doubles(), value.Doubles());
        var (decay, strength) = (Column.Of(call.Optional(4), heads), Column.Of(call.Optional(5), heads));
        var erased = call.Optional(6)?.Doubles();
        var output = new double[batch * length * queryHeads * valueSize];
        var written = new double[valueSize];
        for (var item = 0; item < batch; item++)
            for (var step = 0; step < length; step++)
                for (var head = 0; head < heads; head++)
                {
                    var token = item * length + step;
                    var state = states.AsSpan((item * heads + head) * keySize * valueSize, keySize * valueSize);
                    var keyRow = k.AsSpan((token * heads + head) * keySize, keySize);
                    v.AsSpan((token * heads + head) * valueSize, valueSize).CopyTo(written);
                    for (var i = 0; decay is not null && i < state.Length; i++) state[i] *= Math.Exp(decay.At(token, head, i / valueSize));
                    if (strength is not null)
                    {
                        for (var i = 0; i < state.Length; i++)
                        {
                            var gate = erased is null ? 1 : erased[(token * heads + head) * keySize + i / valueSize];
                            written[i % valueSize] -= gate * keyRow[i / valueSize] * state[i];
                        }
                        foreach (ref var number in written.AsSpan()) number *= strength.At(token, head, 0);
                    }
                    for (var i = 0; i < state.Length; i++) state[i] += keyRow[i / valueSize] * written[i % valueSize];
                    var each = queryHeads / heads;
                    for (var reader = head * each; reader < (head + 1) * each; reader++)
                        for (var i = 0; i < state.Length; i++)
                            output[(token * queryHeads + reader) * valueSize + i % valueSize] +=
                                scale * q[(token * queryHeads + reader) * keySize + i / valueSize] * state[i];
                }
        return [As(query.Type, [batch, length, queryHeads * valueSize], output),
            As(call.Optional(3)?.Type ?? query.Type, stateShape, states)];
    }

    private static OnnxArray As(OnnxType type, int[] shape, double[] values) =>
        CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, values), type);

    /// <summary>[batch, length, columns]: one number for all heads, one a head, or one a key of a head.</summary>
    private sealed record Column(double[] Values, int Width, int Heads)
    {
        public static Column? Of(OnnxArray? x, int heads) => x is null ? null : new Column(x.Doubles(), x.Shape[2], heads);

        public double At(int token, int head, int key) =>
            Values[token * Width + (Width == 1 ? 0 : Width == Heads ? head : head * (Width / Heads) + key)];
    }
}
