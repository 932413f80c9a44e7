using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Nn.Models;

public sealed class TokenRowsTests
{
    private static readonly BertShape Shape = new(Vocabulary: 11, Width: 6, Layers: 2, Heads: 3, Hidden: 8, Positions: 7, Classes: 3);

    /// <summary>Rows of unlike length, padded, answer as each does alone.</summary>
    [Fact]
    public void PaddingDoesNotCount()
    {
        using var device = new CpuDevice(1);
        using var model = Built(device, Shape);
        int[][] texts = [[1, 5, 2], [1, 9, 4, 3, 2]];
        float[] rows = [.. texts.SelectMany(text => Enumerable.Range(0, 7).Select(i => i < text.Length ? text[i] : TokenRows.Padding))];
        using var step = new Step(device);
        step.Begin(training: false);
        var together = device.ToFloats(model.Forward(step, step.Constant(new Shape(2, 7), rows.AsSpan())));
        Assert.Equal([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], model.Seen.ToArray());
        for (var i = 0; i < 2; i++)
        {
            var alone = device.ToFloats(model.Forward(step, step.Constant(new Shape(1, texts[i].Length), texts[i].AsSpan())));
            for (var c = 0; c < 3; c++) Assert.Equal(alone[c], together[i * 3 + c], 1e-5f);
            Assert.True(model.Seen.IsEmpty);
        }
    }

    /// <summary>The head by hand, in double: layer, GELU, norm, product with the words, bias.</summary>
    [Theory]
    [InlineData(BertKind.Bert, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias")]
    [InlineData(BertKind.DistilBert, "vocab_transform", "vocab_layer_norm", "vocab_projector.bias")]
    public void TheMaskedHeadSharesTheWords(BertKind kind, string transform, string norm, string bias)
    {
        using var device = new CpuDevice(1);
        using var model = Built(device,
            Shape with { Masked = true, Classes = 11, Kind = kind, TokenTypes = kind == BertKind.Bert ? 2 : 0 });
        var parameters = model.Weights.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (var (i, parameter) in model.Weights.Parameters.Index())
            device.Write(parameter.Value,
                [.. Enumerable.Range(0, (int)parameter.Shape.Count).Select(k => (float)new Seed(7).Normal((ulong)k, (ulong)i))]);
        float[] Of(string name) => device.ToFloats(parameters[name].Value);
        float[] states = [.. Enumerable.Range(0, 12).Select(i => (float)new Seed(8).Normal((ulong)i))];
        using var step = new Step(device);
        step.Begin(training: false);
        var found = device.ToFloats(model.TokenLogits(step, step.Constant(new Shape(2, 6), states.AsSpan())));

        float[] matrix = Of(transform + ".weight"), sums = Of(transform + ".bias"), scale = Of(norm + ".weight"),
            shift = Of(norm + ".bias"), words = Of(model.EmbeddingsName + ".word_embeddings.weight"), biases = Of(bias);
        for (var row = 0; row < 2; row++)
        {
            double[] hidden = [.. Enumerable.Range(0, 6).Select(o =>
                Gelu(sums[o] + Enumerable.Range(0, 6).Sum(i => (double)matrix[o * 6 + i] * states[row * 6 + i])))];
            var mean = hidden.Average();
            var deviation = Math.Sqrt(hidden.Average(value => (value - mean) * (value - mean)) + 1e-12);
            for (var word = 0; word < 11; word++)
                Assert.Equal(biases[word] + Enumerable.Range(0, 6)
                    .Sum(i => words[word * 6 + i] * ((hidden[i] - mean) / deviation * scale[i] + shift[i])), found[row * 11 + word], 2e-4);
        }
    }

    [Fact]
    public void AClassifierSaysNoTokens()
    {
        using var device = new CpuDevice(1);
        using var model = Built(device, Shape);
        using var step = new Step(device);
        step.Begin(training: false);
        Assert.Throws<RetortException>(() => model.TokenLogits(step, step.Constant(new Shape(1, 6), new float[6])));
    }

    private static Bert Built(CpuDevice device, BertShape shape)
    {
        var model = new Bert(shape);
        model.Build(device, new Seed(3));
        return model;
    }

    private static double Gelu(double x) => x / 2 * (1 + ErrorFunction(x / Math.Sqrt(2)));

    /// <summary>By its series, for small arguments.</summary>
    private static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 5) return Math.Sign(x);
        double term = x, sum = x;
        for (var n = 1; n < 200; n++) sum += (term *= -x * x / n) / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
