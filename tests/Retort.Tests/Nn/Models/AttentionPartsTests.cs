using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>Queries, keys and values by path: what attention compares is what the taps give.</summary>
public sealed class AttentionPartsTests
{
    private static readonly int[] Tokens = [1, 4, 2, 5, 3, 0];

    [Fact]
    public void OfAnEncoder()
    {
        using var model = new Bert(new BertShape(Vocabulary: 7, Width: 6, Layers: 2, Heads: 3, Hidden: 8, Positions: 5, Classes: 2));
        Check(model, "layer.1", 3, (step, tokens, attentions) => model.States(step, tokens, attentions: attentions), causal: false);
    }

    /// <summary>Turned and normed as they are compared; keys and values have fewer heads.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OfADecoder(bool norms)
    {
        using var model = new Gpt(new GptShape(Vocabulary: 7, Width: 6, Layers: 2, Heads: 4, KeyHeads: 2, HeadWidth: 2, Hidden: 8,
            Positions: 5) { HeadNorms = norms });
        Check(model, "layers.1", 2, (step, tokens, attentions) => model.States(step, tokens, attentions: attentions), causal: true);
    }

    private static void Check(Module model, string block, long keyHeads, Func<Step, Tensor, Tensor[], Tensor> states, bool causal)
    {
        using var device = new ReferenceDevice();
        model.Build(device, new Seed(2));
        foreach (var parameter in model.Weights.Parameters) // first weights make all scores alike
            device.Write(parameter.Value, [.. device.ToDoubles(parameter.Value).Select((x, i) => x + new Seed(9).Normal((ulong)i))]);
        model.Watch([block, $"{block}.queries", $"{block}.keys", $"{block}.values"]);
        using var step = new Step(device);
        step.Begin(training: false);
        var attentions = new Tensor[2];
        states(step, step.Constant(new Shape(2, 3), Tokens), attentions);
        Assert.Equal(4, model.Tapped.Count);
        Tensor queries = model.Tapped[$"{block}.queries"], keys = model.Tapped[$"{block}.keys"];
        Assert.Equal(new Shape(2, keyHeads, 3, 2), keys.Shape);
        Assert.Equal(keys.Shape, model.Tapped[$"{block}.values"].Shape);
        var expected = device.ToDoubles(step.AttentionProbabilities(step.Permute(queries, 0, 2, 1, 3), step.Permute(keys, 0, 2, 1, 3),
            new AttentionOptions(Causal: causal)));
        Assert.Equal(expected, device.ToDoubles(attentions[1]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.True(expected.Max() - expected.Where(value => value > 0).Min() > 0.1);

        model.Watch([]);
        step.Begin(training: false);
        states(step, step.Constant(new Shape(2, 3), Tokens), attentions);
        Assert.Empty(model.Tapped);
    }
}
