using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class LinearAttentionOperatorsTests
{
    private static readonly OnnxArray Query = OnnxArray.Of([1, 2, 1], [1f, 2]);
    private static readonly OnnxArray Key = OnnxArray.Of([1, 2, 1], [1f, 1]);
    private static readonly OnnxArray Value = OnnxArray.Of([1, 2, 1], [4f, 10]);

    private static OnnxArray[] Run(string rule, OnnxArray? decay, OnnxArray? strength) => OneNode.Run(27, "LinearAttention", 2,
        [Query, Key, Value, null, decay, strength], ("q_num_heads", 1L), ("kv_num_heads", 1L), ("update_rule", rule), ("scale", 1f));

    [Fact]
    public void TheStateAddsUp() => Assert.Equal([4f, 28], Run("linear", null, null)[0].Floats());

    [Fact]
    public void DecayShrinksItFirst()
    {
        // 4, then 4 · e^(−ln 2) + 10 = 12, read by a query of 2
        var decay = OnnxArray.Of([1, 2, 1], [0f, -MathF.Log(2)]);
        Assert.Equal([4f, 24], Run("gated", decay, null)[0].Floats(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void TheDeltaRuleWritesWhatIsMissing()
    {
        // 4, then half of 10 − 4 more
        var found = Run("delta", null, OnnxArray.Of([1, 2, 1], [1f, 0.5f]));
        Assert.Equal([4f, 14], found[0].Floats());
        Assert.Equal([7f], found[1].Floats());
    }
}
