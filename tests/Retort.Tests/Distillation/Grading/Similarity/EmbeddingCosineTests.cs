using System.Text.Json;
using Retort.Checkpoints;
using Retort.Grading;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Cli;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Grading.Similarity;

/// <summary>The cosine of a model's vectors: that of retort embed, and ungraded where the model cannot read a text.</summary>
public sealed class EmbeddingCosineTests : IDisposable
{
    private const string Grader = """{"type": "text_similarity", "name": "near", "input": "{{sample.output_text}}", "reference": "{{item.r}}", "evaluation_metric": "cosine"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(1);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ItIsThatOfTheModelsVectors()
    {
        using var model = SentenceModel.Open(SentenceModelTests.Written(_folder.Path), _device);
        var grader = GraderReader.Parse("g", Grader, embedder: model);
        Assert.Equal("near (cosine of embeddings)", grader.Name);
        var (a, b) = (model.Embed(model.Tokens("when does the train leave", "")), model.Embed(model.Tokens("where is the cat", "")));
        var dot = a.Zip(b).Sum(pair => (double)pair.First * pair.Second);
        Assert.Equal(Math.Max(0, dot), (await Graded("where is the cat", "when does the train leave")).Score!.Value, 1e-6);
        Assert.Equal(1, (await Graded("where", "where")).Score!.Value, 1e-6);
        var far = await Graded(string.Join(' ', Enumerable.Repeat("where", model.Longest + 1)), "where");
        Assert.Equal((null, GraderReasons.TooLong), (far.Score, far.Why));

        Task<Grade> Graded(string candidate, string reference) =>
            grader.GradeAsync(Grading.Graded.Item(candidate, JsonSerializer.Serialize(new { r = reference })), CancellationToken.None);
    }

    [Fact]
    public void TheVerbTakesAModel()
    {
        var items = _folder.With("items.jsonl", """{"id": "1", "item": {"r": "where is the cat"}, "sample": {"output_text": "where is the cat"}}""" + "\n");
        var arguments = (string[])["grade", _folder.With("g.json", Grader), items, "--out"];
        var terminal = Terminal.Run([.. arguments, _folder.At("s.jsonl"), "--embedder", SentenceModelTests.Written(_folder.At("model"))]);
        Assert.True(terminal.Code == 0, terminal.Error);
        Assert.Contains("near (cosine of embeddings): 1 of 1 graded, mean 1.0000", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("near (cosine of TF-IDF)", Terminal.Run([.. arguments, _folder.At("t.jsonl")]).Output, StringComparison.Ordinal);
        Assert.Equal(2, Terminal.Run([.. arguments, _folder.At("u.jsonl"), "--embedder", "nowhere"]).Code);
        Assert.Contains("this score is of another grader.", Terminal.Run([.. arguments, _folder.At("s.jsonl"), "--resume"]).Error, StringComparison.Ordinal);
    }
}
