using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class TrainingOperatorsTests
{
    private static readonly OnnxArray Rate = OnnxArray.Of([], [0.5f]);

    private static OnnxArray[] Run(string name, int states, params (string, object)[] attributes) => OneNode.Run(1,
        "ai.onnx.preview.training:" + name, 1 + states, [Rate, OnnxArray.Of([], [1L]), OneNode.Row(10), OneNode.Row(2),
            .. Enumerable.Range(0, states).Select(_ => OneNode.Row(4))], attributes);

    [Fact]
    public void MomentumRollsOn()
    {
        // the state 0.5 · 4 + 2, the weight 10 − 0.5 · 4
        (string, object)[] attributes = [("alpha", 0.5f), ("beta", 1f), ("norm_coefficient", 0f)];
        Assert.Equal([8f, 4], Run("Momentum", 1, [.. attributes, ("mode", "standard")]).Select(array => array.Floats()[0]));
        Assert.Equal([8f, 4], Run("Momentum", 1, [.. attributes, ("mode", "nesterov")]).Select(array => array.Floats()[0]));
    }

    [Fact]
    public void AdagradDividesByTheRootOfAllSquares()
    {
        // 4 + 2², 10 − 0.5 · 2 / √8
        var found = Run("Adagrad", 1, ("epsilon", 0f));
        Assert.Equal(8, found[1].Floats()[0]);
        Assert.Equal(10 - 1 / Math.Sqrt(8), found[0].Floats()[0], 5);
    }

    [Fact]
    public void AdamCorrectsItsMeans()
    {
        // means 0.5 · 4 + 0.5 · 2 = 3 and 0.5 · 4 + 0.5 · 4 = 4; the rate 0.5 · √(1 − ½) / (1 − ½)
        var found = Run("Adam", 2, ("alpha", 0.5f), ("beta", 0.5f), ("epsilon", 0f));
        Assert.Equal([3f, 4], found.Skip(1).Select(array => array.Floats()[0]));
        Assert.Equal(10 - Math.Sqrt(0.5) * 1.5, found[0].Floats()[0], 5);
    }
}
