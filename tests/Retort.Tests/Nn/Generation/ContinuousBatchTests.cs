using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn.Generation;

public sealed class ContinuousBatchTests : IDisposable
{
    private static readonly int[][] Prompts = [[3], [5, 9, 1, 2, 30, 7, 7], [11, 12, 13], [4, 4]];
    private readonly List<IDisposable> _owned = [];

    /// <summary>Texts join and leave at any pass, and each says what it says alone.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void ATextSaysWhatItSaysAlone(bool cpu, bool draws)
    {
        var model = Drawn(cpu ? new CpuDevice(2) : new ReferenceDevice());
        var decoding = new Decoding
        {
            NewTokens = 20, EndTokens = [2, 8], Seed = new Seed(7), Sampling = draws ? new Sampling { Temperature = 1.3, TopK = 12 } : null,
        };
        using var batch = new ContinuousBatch(model);
        var texts = Prompts.Select((prompt, number) => new Continuation(decoding, prompt, number)).ToArray();
        for (var pass = 0; texts.Any(text => text.End is null); pass++)
        {
            if (pass % 3 == 0 && pass / 3 < texts.Length) batch.Add(texts[pass / 3]);
            var told = batch.Advance();
            Assert.All(told, outcome => Assert.Null(outcome.Failure));
            Assert.InRange(told.Count, 1, 4);
        }
        Assert.Equal(0, batch.Count);
        for (var number = 0; number < Prompts.Length; number++)
        {
            // the draws of a prompt go by its number: empty neighbours before it keep the place
            var alone = decoding.Answers(model, [.. Prompts.Take(number).Select(_ => (int[])[1]), Prompts[number]])[^1];
            Assert.Equal(alone.Tokens, texts[number].Answer.Tokens);
            Assert.Equal(alone.End, texts[number].End);
            Assert.All(alone.LogProbabilities.Zip(texts[number].LogProbabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }
        Assert.True(texts.Select(text => string.Join(' ', text.Answer.Tokens)).Distinct().Count() == 4, "the prompts are not told apart");
    }

    /// <summary>A long prompt is read in parts, while who speaks goes on with every pass.</summary>
    [Fact]
    public void ALongPromptMakesNobodyWait()
    {
        var model = Drawn(new CpuDevice(1), positions: 800);
        int[] prompt = [.. Enumerable.Range(0, 300).Select(i => (i * 7 + i / 31) % 31)];
        var decoding = new Decoding { NewTokens = 9 };
        using var batch = new ContinuousBatch(model);
        Continuation speaking = new(decoding with { NewTokens = 30 }, [1, 2]), reading = new(decoding, prompt);
        batch.Add(speaking);
        Assert.Same(speaking, Assert.Single(batch.Advance()).Text);
        batch.Add(reading);
        var passes = 0;
        for (; reading.LogProbabilities.Count == 0; passes++)
            Assert.Contains(batch.Advance(), outcome => outcome.Text == speaking);
        Assert.InRange(passes, 300 / 64, 300 / 64 + 1);
        while (batch.Count > 0) batch.Advance();
        Assert.Equal(decoding.Answers(model, [prompt])[0].Tokens, reading.Answer.Tokens);
        Assert.Equal((decoding with { NewTokens = 30 }).Answers(model, [[1, 2]])[0].Tokens, speaking.Answer.Tokens);
    }

    [Fact]
    public void ATextThatLeavesDisturbsNobody()
    {
        var model = Drawn(new CpuDevice(1));
        var decoding = new Decoding { NewTokens = 12 };
        using var batch = new ContinuousBatch(model);
        Continuation stays = new(decoding, Prompts[1]), leaves = new(decoding, Prompts[2]);
        batch.Add(leaves);
        batch.Add(stays);
        for (var pass = 0; pass < 4; pass++) batch.Advance();
        batch.Remove(leaves);
        batch.Remove(leaves); // twice does no harm
        Assert.Equal(1, batch.Count);
        while (batch.Count > 0) batch.Advance();
        Assert.Equal(4, leaves.Answer.Tokens.Count);
        Assert.Equal(decoding.Answers(model, [Prompts[1]])[0].Tokens, stays.Answer.Tokens);
    }

    [Fact]
    public void TheLikeliestTokensComeWithTheirLogProbabilities()
    {
        var model = Drawn(new ReferenceDevice());
        using var batch = new ContinuousBatch(model, tokens: 20);
        var text = new Continuation(new Decoding { NewTokens = 3, Tokens = 20, TopLogProbabilities = 5 }, [6, 6]);
        batch.Add(text);
        batch.Advance();
        Assert.Equal(5, text.Likeliest.Count);
        Assert.Equal(text.Tokens[^1], text.Likeliest[0].Token); // greedy
        Assert.Equal(text.LogProbabilities[^1], text.Likeliest[0].LogProbability, 1e-12);
        Assert.Equal(text.Likeliest.Select(one => one.LogProbability).OrderDescending(), text.Likeliest.Select(one => one.LogProbability));
        Assert.All(text.Likeliest, one => Assert.InRange(one.Token, 0, 19));
    }

    /// <summary>Damaged weights end the texts that they reach, with a sentence, and not the batch.</summary>
    [Fact]
    public void ATextWithoutFiniteLogitsLeaves()
    {
        var model = Drawn(new CpuDevice(1));
        using var batch = new ContinuousBatch(model);
        Continuation good = new(new Decoding { NewTokens = 2 }, [1, 2]), bad = new(new Decoding { NewTokens = 2 }, [1, 30]);
        model.Head.Device.Write(model.Weights.Parameters[0].Value.Part(30 * 12, new Shape(1)), [float.NaN]);
        batch.Add(bad);
        var outcome = Assert.Single(batch.Advance());
        Assert.Contains("logit of the next token is NaN", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal((bad, 0), (outcome.Text, batch.Count));
        Assert.Null(good.End);
    }

    [Theory]
    [InlineData(39, "has 39 tokens, and 8 are to follow.")]
    [InlineData(0, "has no token.")]
    public void WhatCannotBeReadIsRefusedFirst(int length, string message)
    {
        using var batch = new ContinuousBatch(Drawn(new CpuDevice(1)));
        Assert.Contains(message, Assert.Throws<RetortException>(() =>
            batch.Add(new Continuation(new Decoding { NewTokens = 8 }, new int[length]))).Message, StringComparison.Ordinal);
        Assert.Equal(0, batch.Count);
    }

    /// <summary>Windows, norms of heads and of outputs, one head of keys for two; weights far from where training starts.</summary>
    private Gpt Drawn(Device device, int positions = 40)
    {
        var model = new Gpt(new GptShape(31, 12, 3, 2, 1, 6, 16, positions)
        {
            HeadNorms = true, OutputNorms = true, NormOffset = 1, EmbeddingScale = 3, Gate = Unary.GeluTanh, Windows = [4, 0, 4],
            WindowRotary = new RotaryAngles(RotaryFrequencies.Of(6, 100)),
        });
        model.Build(device, new Seed(4));
        foreach (var parameter in model.Weights.Parameters)
            device.Write(parameter.Value, [.. Enumerable.Range(0, (int)parameter.Shape.Count)
                .Select(i => 0.5 * new Seed(9).Derive(parameter.Name).Normal((ulong)i))]);
        _owned.AddRange([model, device]);
        return model;
    }

    public void Dispose() => _owned.ForEach(one => one.Dispose());
}
