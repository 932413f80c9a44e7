using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class SentenceModelTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    /// <summary>A folder with an encoder of random numbers that makes vectors, and a tokenizer of bytes.</summary>
    /// <param name="folder">It is made.</param>
    /// <param name="embedding">0 = no layer behind the mean.</param>
    /// <param name="rows">Of the model.</param>
    internal static string Written(string folder, int embedding = 5, int rows = 300)
    {
        var config = new EncoderConfig(EncoderFamily.Bert, rows, 8, 12, 2, 2, 40, ["a", "b", "c"], 2, 1e-12, "gelu", 0, "float32")
        {
            Sentences = new SentenceModules(8, embedding),
        };
        using var device = new CpuDevice(1);
        using var made = new EncoderCheckpoint(EncoderCheckpoint.Create(config), config);
        made.Model.Build(device, new Seed(5));
        made.Save(folder);
        EncoderTokenizer.Trained(["where is the cat", "when does the train leave"], 280).WriteTo(folder);
        return folder;
    }

    /// <summary>As the encoder makes it of a padded row.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void AVectorIsTheEncoders(int embedding)
    {
        var folder = Written(_folder.Path, embedding);
        using var model = SentenceModel.Open(folder, _device);
        var ids = model.Tokens("where is the cat", "here");
        var vector = model.Embed(ids);
        Assert.Equal(1, vector.Sum(value => (double)value * value), 1e-5);
        using var encoder = EncoderCheckpoint.Load(folder, _device);
        using var step = new Step(_device);
        step.Begin(training: false);
        var row = Enumerable.Range(0, 40).Select(i => i < ids.Length ? ids[i] : TokenRows.Padding).ToArray();
        Assert.All(_device.ToFloats(encoder.Model.Embed(step, step.Constant(new Shape(1, 40), row.AsSpan()))).Zip(vector), pair =>
            Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(vector, model.Embed(model.Tokens("where is the cat", "here")));
        Assert.NotEqual(vector, model.Embed(model.Tokens("when does it leave", "here")));
    }

    /// <summary>Of a language model the mean of the last states, by hand.</summary>
    [Fact]
    public void OfALanguageModelTheMean()
    {
        var folder = LanguageModelTests.Written(_folder.Path);
        using var model = SentenceModel.Open(folder, _device);
        var ids = model.Tokens("Hello teacher", "here");
        using var language = LanguageModel.Open(folder, _device);
        using var step = new Step(_device);
        step.Begin(training: false);
        var states = _device.ToDoubles(language.Model.States(step, step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
        double[] mean = [.. Enumerable.Range(0, 16).Select(i => Enumerable.Range(0, ids.Length).Average(place => states[place * 16 + i]))];
        var length = Math.Sqrt(mean.Sum(value => value * value));
        Assert.All(mean.Zip(model.Embed(ids)), pair => Assert.Equal(pair.First / length, pair.Second, 1e-5));
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var model = SentenceModel.Open(Written(_folder.At("whole")), _device);
        var error = Assert.Throws<RetortException>(() => model.Tokens(new string('x', 60), "line 7"));
        Assert.Equal(("line 7", "has 63 tokens."), (error.Location, error.What));
        Assert.StartsWith("from 1 to 40:", error.Expected, StringComparison.Ordinal);
        Assert.EndsWith(" ids, the model 200 rows.", Assert.Throws<RetortException>(() =>
            SentenceModel.Open(Written(_folder.At("narrow"), rows: 200), _device)).What, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }
}
