using Retort.Formats.Onnx;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Formats.Onnx;

/// <summary>ONNX Runtime, which we did not write, answers like plain loops in double precision.</summary>
[Trait("Category", "Npm")]
public sealed class OnnxRuntimeTests
{
    [Fact]
    public void AnMlpWithGeluAnswersAlike()
    {
        var (first, bias, second) = (Values(1, 4 * 5), Values(2, 5), Values(3, 5 * 3));
        var graph = new OnnxGraph("mlp").Input("x", OnnxType.Float, OnnxGraph.Batch, 4)
            .Initializer("w1", [4, 5], first).Initializer("b1", [5], bias).Initializer("w2", [5, 3], second)
            .Initializer("root2", [], [MathF.Sqrt(2)]).Initializer("one", [], [1f]).Initializer("half", [], [0.5f])
            .Node("Gemm", ["x", "w1", "b1"], ["h"], OnnxAttribute.Float("alpha", 1), OnnxAttribute.Int("transB", 0))
            .Node("Div", ["h", "root2"], ["d"]).Node("Erf", ["d"], ["e"]).Node("Add", ["e", "one"], ["p"])
            .Node("Mul", ["h", "p"], ["m"]).Node("Mul", ["m", "half"], ["g"])
            .Node("MatMul", ["g", "w2"], ["logits"]).Output("logits", OnnxType.Float, OnnxGraph.Batch, 3);
        var input = Values(4, 2 * 4);

        var expected = new double[2 * 3];
        for (var row = 0; row < 2; row++)
            for (var hidden = 0; hidden < 5; hidden++)
            {
                var sum = (double)bias[hidden];
                for (var feature = 0; feature < 4; feature++)
                    sum += (double)input[row * 4 + feature] * first[feature * 5 + hidden];
                var gelu = 0.5 * sum * (1 + Erf(sum / Math.Sqrt(2)));
                for (var output = 0; output < 3; output++)
                    expected[row * 3 + output] += gelu * second[hidden * 3 + output];
            }

        Compare(graph, "x", [2, 4], input, expected);
    }

    [Fact]
    public void AConvolutionAnswersAlike()
    {
        const int Channels = 2, Filters = 3, Side = 4;
        var (weights, bias) = (Values(5, Filters * Channels * 9), Values(6, Filters));
        float[] scale = [1, 0.5f, 2], shift = [0, 0.1f, -0.1f], mean = [0.1f, 0, -0.2f], variance = [1, 0.25f, 4];
        var graph = new OnnxGraph("conv").Input("x", OnnxType.Float, OnnxGraph.Batch, Channels, Side, Side)
            .Initializer("w", [Filters, Channels, 3, 3], weights).Initializer("b", [Filters], bias)
            .Initializer("scale", [Filters], scale)
                .Initializer("shift", [Filters], shift)
                .Initializer("mean", [Filters], mean)
                .Initializer("variance", [Filters], variance)
            .Node("Conv", ["x", "w", "b"], ["c"], OnnxAttribute.Ints("kernel_shape", 3, 3), OnnxAttribute.Ints("pads", 1, 1, 1, 1),
                OnnxAttribute.Ints("strides", 1, 1))
            .Node("BatchNormalization", ["c", "scale", "shift", "mean", "variance"], ["n"], OnnxAttribute.Float("epsilon", 1e-5f))
            .Node("Relu", ["n"], ["r"])
            .Node("MaxPool", ["r"], ["m"], OnnxAttribute.Ints("kernel_shape", 2, 2), OnnxAttribute.Ints("strides", 2, 2))
            .Node("GlobalAveragePool", ["m"], ["a"]).Initializer("flat", [2], [-1L, Filters]).Node("Reshape", ["a", "flat"], ["y"])
            .Output("y", OnnxType.Float, OnnxGraph.Batch, Filters);
        var input = Values(7, Channels * Side * Side);

        var expected = new double[Filters];
        for (var filter = 0; filter < Filters; filter++)
            for (var block = 0; block < 4; block++)
            {
                var largest = 0.0;
                for (var cell = 0; cell < 4; cell++)
                {
                    var (y, x) = (block / 2 * 2 + cell / 2, block % 2 * 2 + cell % 2);
                    var sum = (double)bias[filter];
                    for (var tap = 0; tap < Channels * 9; tap++)
                    {
                        var (row, column) = (y + tap % 9 / 3 - 1, x + tap % 3 - 1);
                        if (row is >= 0 and < Side && column is >= 0 and < Side)
                            sum += (double)weights[filter * Channels * 9 + tap] * input[(tap / 9 * Side + row) * Side + column];
                    }

                    largest = Math.Max(largest, scale[filter] * (sum - mean[filter]) / Math.Sqrt(variance[filter] + 1e-5) + shift[filter]);
                }

                expected[filter] += largest / 4;
            }

        Compare(graph, "x", [1, Channels, Side, Side], input, expected);
    }

    [Fact]
    public void NormalisedRowsAnswerAlike()
    {
        var graph = new OnnxGraph("rows").Input("x", OnnxType.Float, OnnxGraph.Batch, 4)
            .Initializer("scale", [4], [1f, 2, 3, 4]).Initializer("shift", [4], [0f, 1, 0, 1])
            .Node("LayerNormalization", ["x", "scale", "shift"], ["n"], OnnxAttribute.Int("axis", -1),
                OnnxAttribute.Float("epsilon", 1e-5f))
            .Node("Softmax", ["n"], ["y"], OnnxAttribute.Int("axis", -1)).Output("y", OnnxType.Float, OnnxGraph.Batch, 4);
        var input = Values(8, 4);
        var mean = input.Average(value => (double)value);
        var deviation = Math.Sqrt(input.Average(value => (value - mean) * (value - mean)) + 1e-5);
        var powers = input.Select((value, index) => Math.Exp((index + 1) * (value - mean) / deviation + index % 2)).ToArray();
        Compare(graph, "x", [1, 4], input, [.. powers.Select(power => power / powers.Sum())]);
    }

    private static void Compare(OnnxGraph graph, string inputName, int[] shape, float[] input, double[] expected)
    {
        using var runtime = OnnxRuntimeNode.TryCreate(out var whySkipped);
        if (runtime is null)
            Assert.Skip(whySkipped);
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(folder.At("model.onnx"), graph);
        var actual = runtime.Run(folder.At("model.onnx"), inputName, shape, input);
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], 1e-4);
    }

    private static float[] Values(ulong seed, int count) =>
        [.. Enumerable.Range(0, count).Select(index => (Hostile.Mix(seed, (ulong)index) >> 40) / (float)(1 << 23) - 1)];

    /// <summary>Maclaurin series of erf (Abramowitz and Stegun 7.1.5): exact enough for |x| below 4.</summary>
    private static double Erf(double x)
    {
        var (term, sum) = (x, x);
        for (var n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
