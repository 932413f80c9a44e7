using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

/// <summary>
/// Defects that other programs had with tokens that count, each once: reference/language 3.8, whose numbers stand before the names. What is
/// expected is taken from the model's logits behind each prefix alone.
/// </summary>
public sealed class FieldTextDefectTests : IDisposable
{
    private const int End = 0; // also what short texts are filled with
    private readonly ReferenceDevice _device = new();
    private readonly Gpt _model = new(new GptShape(Vocabulary: 7, Width: 8, Layers: 2, Heads: 2, KeyHeads: 1, HeadWidth: 4, Hidden: 12,
        Positions: 16));

    public FieldTextDefectTests()
    {
        _model.Build(_device, new Seed(3));
        foreach (var parameter in _model.Weights.Parameters) // small first weights would make all tokens alike
            _device.Write(parameter.Value,
                [.. _device.ToDoubles(parameter.Value).Select((x, i) => x + 0.5 * new Seed(9).Normal((ulong)i))]);
    }

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    private double[][] Of(params int[][] texts)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return TokenLogProbabilities.Of(step, _model, texts);
    }

    /// <summary>ln p(next | prefix), the prefix alone in the batch.</summary>
    private double After(int[] prefix, int next)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var logits = _device.ToDoubles(_model.Forward(step, step.Constant(new Shape(1, prefix.Length), prefix)))[^7..];
        return logits[next] - Math.Log(logits.Sum(Math.Exp));
    }

    private void AssertEach(int[] text, double[] found, int from = 1)
    {
        Assert.Equal(text.Length - from, found.Length);
        for (var i = from; i < text.Length; i++) Assert.Equal(After(text[..i], text[i]), found[i - from], 1e-9);
    }

    /// <summary>3: where padding and the end of a text are one token, the end was masked and never learnt.</summary>
    [Fact]
    public void TheEndCountsWherePaddingIsTheSameToken()
    {
        int[] ended = [3, 4, End], longer = [1, 2, 3, 4, 5, End];
        var found = Of(ended, longer);
        AssertEach(ended, found[0]);
        AssertEach(longer, found[1]);
    }

    /// <summary>6: labels shifted by one from the first missing entry. A row of three tokens has two, and the first has none.</summary>
    [Fact]
    public void ThreeTokensHaveTwoLabels() => AssertEach([5, 1, 2], Of([5, 1, 2])[0]);

    /// <summary>7: prompts cut at the longest of the batch, so that answers behind shorter ones lost their first tokens.</summary>
    [Fact]
    public void UnevenPromptsLoseNoToken()
    {
        (int[] Prompt, int[] Answer)[] pairs = [([1], [2, 3, 4, End]), ([4, 5, 6, 1, 2], [3, End]), ([2, 6], [End])];
        using var step = new Step(_device);
        step.Begin(training: false);
        var found = TokenLogProbabilities.OfAnswers(step, _model, pairs);
        for (var i = 0; i < pairs.Length; i++)
            AssertEach([.. pairs[i].Prompt, .. pairs[i].Answer], found[i], pairs[i].Prompt.Length);
    }

    /// <summary>8: NaN where lengths differ. From one token to the model's longest in one batch.</summary>
    [Fact]
    public void AllLengthsTogetherAreFinite()
    {
        int[][] texts = [.. Enumerable.Range(1, 16).Select(length => Enumerable.Range(0, length).Select(i => i * 3 % 7).ToArray())];
        var found = Of(texts);
        for (var i = 0; i < texts.Length; i++) AssertEach(texts[i], found[i]);
    }
}
