using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

/// <summary>One unit, two steps, by hand.</summary>
public sealed class RecurrentOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([2, 1, 1], [1f, 2]);

    private static OnnxArray Matrix(params float[] values) => OnnxArray.Of([1, values.Length, 1], values);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    [Fact]
    public void ThePlainCellGoesBothWays()
    {
        (string, object) size = ("hidden_size", 1L), relu = ("activations", new[] { "Relu" });
        Assert.Equal([2f, 10], OneNode.Run("RNN", [X, Matrix(2), Matrix(3)], size, relu).Floats());
        Assert.Equal([14f, 4], OneNode.Run("RNN", [X, Matrix(2), Matrix(3)], size, relu, ("direction", "reverse")).Floats());
    }

    [Fact]
    public void TheLstmKeepsItsCell()
    {
        var outputs = OneNode.Run(22, "LSTM", 3, [X, Matrix(1, 2, 3, 4), Matrix(0, 0, 0, 1)], ("hidden_size", 1L));
        double cell = 0, hidden = 0;
        foreach (var x in new[] { 1, 2 })
        {
            cell = Sigmoid(3 * x) * cell + Sigmoid(x) * Math.Tanh(4 * x + hidden);
            hidden = Sigmoid(2 * x) * Math.Tanh(cell);
        }
        Assert.Equal(hidden, outputs[0].Floats()[1], 1e-6);
        Assert.Equal(hidden, outputs[1].Floats()[0], 1e-6);
        Assert.Equal(cell, outputs[2].Floats()[0], 1e-6);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    public void TheGruResetsBeforeOrAfterItsProduct(long after)
    {
        var bias = OnnxArray.Of([1, 6], [0f, 0, 0, 0, 0, 0.5f]);
        var found = OneNode.Run(22, "GRU", 2, [X, Matrix(1, 2, 3), Matrix(0, 0, 2), bias], ("hidden_size", 1L), ("linear_before_reset", after));
        var hidden = 0.0;
        foreach (var x in new[] { 1, 2 })
        {
            var (update, reset) = (Sigmoid(x), Sigmoid(2 * x));
            var candidate = Math.Tanh(3 * x + (after == 1 ? reset * (2 * hidden + 0.5) : 2 * reset * hidden + 0.5));
            hidden = (1 - update) * candidate + update * hidden;
        }
        Assert.Equal(hidden, found[1].Floats()[0], 1e-6);
    }
}
