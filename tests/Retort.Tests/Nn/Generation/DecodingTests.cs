using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn.Generation;

public sealed class DecodingTests : IDisposable
{
    private static readonly int[][] Prompts = [[3], [5, 9, 1, 2, 30, 7, 7], [11, 12, 13]];
    private readonly ReferenceDevice _device = new();
    private readonly Gpt _model;

    /// <summary>Windows, norms of heads and of outputs, one head of keys for two: everything that a cache has to get right.</summary>
    public DecodingTests()
    {
        _model = new Gpt(new GptShape(31, 12, 3, 2, 1, 6, 16, 40, TiedHead: true)
        {
            HeadNorms = true, OutputNorms = true, NormOffset = 1, EmbeddingScale = 3, Gate = Unary.GeluTanh, Windows = [4, 0, 4],
            WindowRotary = new RotaryAngles(RotaryFrequencies.Of(6, 100)),
        });
        _model.Build(_device, new Seed(4));
        foreach (var parameter in _model.Weights.Parameters) // far from where training starts, so that tokens differ
            _device.Write(parameter.Value, [.. Enumerable.Range(0, (int)parameter.Shape.Count)
                .Select(i => 0.5 * new Seed(9).Derive(parameter.Name).Normal((ulong)i))]);
    }

    [Fact]
    public void ACacheChangesNothing()
    {
        var answers = new Decoding { NewTokens = 12 }.Answers(_model, Prompts);
        for (var i = 0; i < Prompts.Length; i++)
        {
            List<int> text = [.. Prompts[i]];
            var logProbabilities = new List<double>();
            for (var token = 0; token < 12; token++)
            {
                var logits = Logits([.. text]);
                text.Add(NextToken.Likeliest(logits));
                logProbabilities.Add(NextToken.LogProbability(logits, text[^1]));
            }
            Assert.Equal(text[Prompts[i].Length..], answers[i].Tokens);
            Assert.All(answers[i].LogProbabilities.Zip(logProbabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        }
        Assert.True(answers.Select(answer => string.Join(' ', answer.Tokens)).Distinct().Count() == 3, "the prompts are not told apart");
    }

    /// <summary>What a prompt gets does not depend on its neighbours, nor on when they end.</summary>
    [Fact]
    public void DrawsOfAPromptAreItsOwn()
    {
        var decoding = new Decoding { NewTokens = 16, Sampling = new Sampling { Temperature = 1.2, TopK = 20 }, Seed = new Seed(3),
            EndTokens = [2, 4, 6, 8] };
        int[][] prompts = [[1, 2], [1, 2], [3, 4, 5], [6]];
        var together = decoding.Answers(_model, prompts);
        Assert.Contains(together, answer => answer.Tokens.Count < 16); // somebody left early
        Assert.NotEqual(together[0].Tokens, together[1].Tokens); // equal prompts, draws of their own
        for (var first = 1; first < prompts.Length; first++)
        {
            var fewer = decoding.Answers(_model, prompts[..first]);
            for (var i = 0; i < first; i++) Assert.Equal(together[i].Tokens, fewer[i].Tokens);
        }
        Assert.NotEqual(together[0].Tokens, (decoding with { Seed = new Seed(4) }).Answers(_model, prompts)[0].Tokens);
    }

    [Fact]
    public void WhatEndsAnAnswerIsItsLastToken()
    {
        var whole = new Decoding { NewTokens = 8 }.Answers(_model, [[1, 2]])[0];
        Assert.Equal((AnswerEnd.Length, 8), (whole.End, whole.Tokens.Count));
        var end = whole.Tokens[3];
        var first = whole.Tokens.ToList().IndexOf(end);
        var ended = new Decoding { NewTokens = 8, EndTokens = [end] }.Answers(_model, [[1, 2]])[0];
        Assert.Equal((AnswerEnd.EndToken, first + 1), (ended.End, ended.Tokens.Count));
        int[] stop = [whole.Tokens[3], whole.Tokens[4]];
        var stopped = new Decoding { NewTokens = 8, StopSequences = [stop] }.Answers(_model, [[1, 2]])[0];
        Assert.Equal(AnswerEnd.StopSequence, stopped.End);
        Assert.Equal(stop, stopped.Tokens.TakeLast(2));
    }

    [Fact]
    public void AnAnswersLogProbabilitiesAreThoseOfTheText()
    {
        var answer = new Decoding { NewTokens = 6, Sampling = new Sampling { Temperature = 2 } }.Answers(_model, [[1, 2]])[0];
        using var step = new Step(_device);
        step.Begin(training: false);
        var found = TokenLogProbabilities.OfAnswers(step, _model, [([1, 2], [.. answer.Tokens]), ([4], [5])]);
        Assert.Single(found[1]);
        Assert.All(answer.LogProbabilities.Zip(found[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Theory]
    [InlineData(33, 8, "text 1  has 33 tokens, and 8 are to follow.")]
    [InlineData(0, 8, "text 1  has no token.")]
    [InlineData(4, 0, "decoding  0 new tokens.")]
    public void WhatCannotBeReadIsRefusedFirst(int length, int more, string message) => Assert.StartsWith(message,
        Assert.Throws<RetortException>(() => new Decoding { NewTokens = more }.Answers(_model, [[1], new int[length]])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AnUnknownTokenIsNamed() => Assert.StartsWith("text 0  has token 31.\n  tokens from 0 to 30.",
        Assert.Throws<RetortException>(() => new Decoding { NewTokens = 1 }.Answers(_model, [[1, 31]])).Message, StringComparison.Ordinal);

    /// <summary>Rows of a padded vocabulary are never said, whatever they hold, and share no probability.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoTokenBeyondTheLastIsSaid(bool draws)
    {
        const int Known = 12;
        var decoding = new Decoding { NewTokens = 12, Sampling = draws ? new Sampling { Temperature = 2, TopK = 8 } : null };
        Assert.Contains(decoding.Answers(_model, [[1, 2]])[0].Tokens, token => token >= Known);
        var answer = (decoding with { Tokens = Known }).Answers(_model, [[1, 2]])[0];
        List<int> text = [1, 2];
        foreach (var (token, logProbability) in answer.Tokens.Zip(answer.LogProbabilities))
        {
            var logits = Logits([.. text]).AsSpan(..Known);
            Assert.InRange(token, 0, Known - 1);
            if (!draws) Assert.Equal(NextToken.Likeliest(logits), token);
            Assert.Equal(NextToken.LogProbability(logits, token), logProbability, 1e-6);
            text.Add(token);
        }
    }

    [Fact]
    public void WhenNothingIsLeftItIsSaid() => Assert.Contains("ruled out every token", Assert.Throws<RunFailedException>(() =>
        new Decoding { NewTokens = 2, Sampling = new Sampling { NoRepeatedRun = 1 } }
            .Answers(_model, [[.. Enumerable.Range(0, 31)]])).Message, StringComparison.Ordinal);

    private float[] Logits(int[] text)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(_model.Forward(step, step.Constant(new Shape(1, text.Length), text))).AsSpan(^31..).ToArray();
    }

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }
}
