using Retort.Data.Text;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class AnsweringTests
{
    /// <summary>A model with more rows than the tokenizer has tokens says none of them: nobody could read it.</summary>
    [Fact]
    public void WhatTheTokenizerLacksIsNotSaid()
    {
        const int Padded = 60;
        using var device = new ReferenceDevice();
        using var model = new Gpt(new GptShape(Padded, 8, 1, 2, 1, 4, 16, 24, TiedHead: true));
        model.Build(device, new Seed(3));
        TextDocument[] documents = [.. Enumerable.Range(1, 3).Select(i => new TextDocument($"text {i}", [i, i, 0], [false, true, true]))];
        var part = new TextPart(documents, []);
        var data = new TextData(part, part, part, TextTokenizer.OfCharacters("abc"), 24);
        var tokens = data.Tokenizer.Tokenizer.Size;
        Assert.InRange(tokens, 1, Padded / 2);
        var answers = new Answering(data, new Sampling(), new Seed(1)).Of(model, documents, [0, 1, 2]);
        Assert.All(answers.SelectMany(answer => answer.Tokens), token => Assert.InRange(token, 0, tokens - 1));
    }
}
