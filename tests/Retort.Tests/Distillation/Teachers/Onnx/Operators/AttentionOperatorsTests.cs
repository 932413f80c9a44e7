using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class AttentionOperatorsTests
{
    // one head, two steps of size 1: scores of the second query against keys 0 and ln 3 are 0 and ln 3
    private static readonly OnnxArray Query = OnnxArray.Of([1, 1, 2, 1], [0f, 1]);
    private static readonly OnnxArray Key = OnnxArray.Of([1, 1, 2, 1], [0f, MathF.Log(3)]);
    private static readonly OnnxArray Value = OnnxArray.Of([1, 1, 2, 1], [8f, 4]);

    private static void Near(float[] expected, float[] found) => Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-5f);

    [Fact]
    public void WeightsAreTheSoftmaxOfTheScores() => Near([6, 5], OneNode.Run("Attention", [Query, Key, Value]).Floats());

    [Fact]
    public void ACausalQuerySeesNothingAfterIt() =>
        Near([8, 5], OneNode.Run("Attention", [Query, Key, Value], ("is_causal", 1L)).Floats());

    [Fact]
    public void AMaskOfTruthValuesHidesKeys()
    {
        var mask = OnnxArray.Of([2, 2], [false, true, true, false]);
        Near([4, 8], OneNode.Run("Attention", [Query, Key, Value, mask]).Floats());
    }

    [Fact]
    public void TheCacheComesBeforeTheNewKeys()
    {
        OnnxArray Last(OnnxArray x) => OnnxArray.Of([1, 1, 1, 1], [x.Floats()[1]]);
        OnnxArray First(OnnxArray x) => OnnxArray.Of([1, 1, 1, 1], [x.Floats()[0]]);
        var found = OneNode.Run(23, "Attention", 3, [Last(Query), Last(Key), Last(Value), null, First(Key), First(Value)],
            ("is_causal", 1L));
        Near([5], found[0].Floats());
        Assert.Equal([8f, 4], found[2].Floats());
    }

    [Fact]
    public void ScoresAreCapped()
    {
        // 2 tanh(ln 3 / 2) = 2 · (3 − 1)/(3 + 1) = 1
        var scores = OneNode.Run(23, "Attention", 4, [Query, Key, Value], ("softcap", 2f), ("qk_matmul_output_mode", 1L))[3];
        Near([0, 0, 0, 1], scores.Floats());
    }

    [Fact]
    public void QueriesShareHeadsOfKeysInOrder()
    {
        var queries = OnnxArray.Of([1, 1, 4], [1f, 1, 1, 1]);
        var (keys, values) = (OnnxArray.Of([1, 1, 2], [0f, 0]), OnnxArray.Of([1, 1, 2], [5f, 7]));
        var found = OneNode.Run("Attention", [queries, keys, values], ("q_num_heads", 4L), ("kv_num_heads", 2L));
        Assert.Equal([5f, 5, 7, 7], found.Floats());
    }
}
