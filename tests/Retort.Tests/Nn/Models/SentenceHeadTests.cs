using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>One vector a text, of an encoder whose rows are padded.</summary>
public sealed class SentenceHeadTests : IDisposable
{
    private static readonly BertShape Shape = new(Vocabulary: 11, Width: 6, Layers: 2, Heads: 3, Hidden: 8, Positions: 7, Classes: 3);
    private static readonly int[][] Texts = [[1, 5, 2], [1, 9, 4, 3, 2]];
    private readonly ReferenceDevice _device = new();
    private readonly Step _step;

    public SentenceHeadTests() => _step = new Step(_device);

    /// <summary>By hand from the last hidden states of each text alone: mean, layer, length 1.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void OfTheMeanOfTheTokens(int embedding)
    {
        using var model = Built(Shape with { Embedding = embedding });
        var width = embedding > 0 ? embedding : 6;
        _step.Begin(training: false);
        var found = _device.ToDoubles(model.Embed(_step, Padded()));
        Assert.Equal([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], model.Seen.ToArray());
        for (var text = 0; text < 2; text++)
        {
            var length = Texts[text].Length;
            var states = _device.ToDoubles(model.States(_step, _step.Constant(new Shape(1, length), Texts[text].AsSpan())));
            double[] mean = [.. Enumerable.Range(0, 6).Select(i => Enumerable.Range(0, length).Average(place => states[place * 6 + i]))];
            var wanted = embedding > 0 ? Dense(model, mean) : mean;
            var norm = Math.Sqrt(wanted.Sum(value => value * value));
            var own = found[(text * width)..((text + 1) * width)];
            for (var i = 0; i < width; i++) Assert.Equal(wanted[i] / norm, own[i], 1e-9);
            Assert.Equal(1, own.Sum(value => value * value), 1e-9);
        }
    }

    /// <summary>By path it is what <see cref="Bert.Embed"/> gives, and only where somebody looks.</summary>
    [Fact]
    public void TheTapIsTheVector()
    {
        using var model = Built(Shape with { Embedding = 4 });
        _step.Begin(training: false);
        model.Forward(_step, Padded());
        Assert.Empty(model.Tapped);
        model.Watch([Bert.Sentence]);
        model.Forward(_step, Padded());
        var tapped = _device.ToDoubles(model.Tapped[Bert.Sentence]);
        Assert.Equal(_device.ToDoubles(model.Embed(_step, Padded())), tapped);
        Assert.Equal(8, tapped.Length);
    }

    [Fact]
    public void GradientsAgreeWithFiniteDifferences()
    {
        using var model = Built(Shape with { Embedding = 4 });
        model.Watch([Bert.Sentence]);
        double[] upstream = GradientCheck.Upstream(8, new Seed(5));
        Tensor Sentence(bool training)
        {
            _step.Begin(training, new Seed(1));
            model.Forward(_step, Padded());
            return model.Tapped[Bert.Sentence];
        }
        double Loss() => _device.ToDoubles(Sentence(training: false)).Zip(upstream, (value, weight) => value * weight).Sum();
        var sentence = Sentence(training: true);
        _step.Backward(sentence, _step.Constant(sentence.Shape, upstream));
        foreach (var name in (string[])["sentence.dense.weight", "sentence.dense.bias", "bert.encoder.layer.1.output.dense.weight",
            "bert.embeddings.word_embeddings.weight"])
        {
            var parameter = model.Weights.Parameters.Single(parameter => parameter.Name == name);
            var gradient = _device.ToDoubles(model.Weights.Gradients.Part(parameter.Offset, parameter.Shape));
            var values = _device.ToDoubles(parameter.Value);
            var scale = gradient.Max(Math.Abs);
            Assert.True(scale > 1e-3, $"{name}: {scale}");
            for (var i = 0; i < values.Length; i += 3)
            {
                double Moved(double by)
                {
                    _device.Write(parameter.Value, [.. values.Select((value, j) => j == i ? value + by : value)]);
                    return Loss();
                }
                Assert.Equal((Moved(1e-5) - Moved(-1e-5)) / 2e-5, gradient[i], 1e-5 * scale);
            }
            _device.Write(parameter.Value, values);
        }
        Assert.Equal(0, _device.ToDoubles(model.Weights.Gradients).Skip((int)model.Weights.Parameters.Single(parameter =>
            parameter.Name == "classifier.weight").Offset).Take(18).Max(Math.Abs)); // nobody asked it
    }

    public void Dispose()
    {
        _step.Dispose();
        _device.Dispose();
    }

    private static double[] Dense(Bert model, double[] mean)
    {
        double[] Of(string name) =>
            model.Weights.Parameters.Single(parameter => parameter.Name == Bert.SentenceDense + name).Value is var value
                ? value.Device.ToDoubles(value) : [];
        var (weight, bias) = (Of(".weight"), Of(".bias"));
        return [.. bias.Select((shift, o) => shift + mean.Select((value, i) => weight[o * 6 + i] * value).Sum())];
    }

    private Tensor Padded() => _step.Constant(new Shape(2, 7), [.. Texts.SelectMany(text =>
        Enumerable.Range(0, 7).Select(i => i < text.Length ? (double)text[i] : TokenRows.Padding))]);

    private Bert Built(BertShape shape)
    {
        var model = new Bert(shape);
        model.Build(_device, new Seed(3));
        foreach (var (i, parameter) in model.Weights.Parameters.Index()) // first weights make all tokens alike
            _device.Write(parameter.Value,
                [.. _device.ToDoubles(parameter.Value).Select((x, k) => x + 0.5 * new Seed(7).Normal((ulong)k, (ulong)i))]);
        return model;
    }
}
