using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Texts with a class each walk the whole path, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class EncoderRunTests
{
    internal const string Toy = """
        name: toy
        data: {source: text-classes, path: texts.jsonl, contextLength: 24, vocabulary: 300, outside: none}
        teacher:
          source: train
          model: {kind: bert, width: 16, layers: 2, heads: 2}
          training: {epochs: 8, batchSize: 8, learningRate: 0.01, checkpointSteps: 3}
        student:
          model: {kind: bert, width: 16, layers: 1, heads: 2}
          training: {epochs: 4, batchSize: 8, learningRate: 0.01, checkpointSteps: 3}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    private const string Small = "student.model={kind: bert, width: 8, layers: 1, heads: 2";

    private static readonly string[] Things = ["cat", "dog", "train", "ship", "letter", "door", "lamp", "river"];

    /// <summary>160 questions of two classes, and 20 of none.</summary>
    internal static string Texts { get; } = string.Concat(Enumerable.Range(0, 180).Select(i => JsonSerializer.Serialize(new
    {
        text = i >= 160 ? $"why is the {Things[i % 8]} {i}"
            : i % 2 == 0 ? $"where is the {Things[i / 2 % 8]} number {i}" : $"when does the {Things[i / 2 % 8]} leave at {i}",
        label = i >= 160 ? "none" : i % 2 == 0 ? "place" : "time",
    }) + "\n"));

    [Theory]
    [InlineData("labels.kind=soft")]
    [InlineData("labels.kind=live", "student.initial={layers: [0]}",
        "student.objective=[{name: soft-label, temperature: 2}, {name: cosine-embedding, features: [{student: layer.0, teacher: layer.1}]}]")]
    [InlineData("labels.kind=top-k", "labels.keep=1")]
    [InlineData("data.corpora=[corpus.txt]", "student.initial={layers: [1]}", "pretraining={teacher: {epochs: 1, batchSize: 16}, "
        + "student: {epochs: 1, batchSize: 16}, objective: [{name: soft-label, softWeight: 5, temperature: 2}, {name: hard-label}, "
        + "{name: cosine-embedding, features: [{student: layer.0, teacher: layer.1}]}]}")]
    [InlineData("labels.kind=live", Small + ", embedding: 16}", "student.objective=[{name: hard-label}, "
        + "{name: cosine-embedding, features: [{student: sentence, teacher: sentence}]}]")]
    [InlineData("labels.kind=live", Small + "}", "student.objective=[{name: hard-label}, "
        + "{name: similarity-preserving, features: [{student: sentence, teacher: sentence}]}]")]
    public void TheSameTwiceAndOpenElsewhere(params string[] settings)
    {
        using var folder = new TemporaryFolder();
        folder.With("texts.jsonl", Texts);
        folder.With("corpus.txt", string.Join("\n\n", Texts.Split('\n').Take(60).Select(line => $"a story: {line}")));
        var recipe = folder.With("toy.yaml", Toy);
        foreach (var threads in (string[])["1", "2"])
            ToyRun.Finish(["run", recipe, "--out", folder.At(threads), .. ToyRun.Set([.. settings, "threads=" + threads])]);
        ToyRun.AssertSame(folder.At("1"), folder.At("2"));

        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("1/eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        Assert.Equal(16, test.GetProperty("examples").GetInt32());
        Assert.InRange(test.GetProperty("teacher").GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.Equal(TextDisturbance.All.Select(one => one.Name),
            test.GetProperty("disturbed").EnumerateArray().Select(row => row.GetProperty("name").GetString()!));
        Assert.StartsWith("20 examples", evaluation.RootElement.GetProperty("notes").GetProperty("examples of no class").GetString(),
            StringComparison.Ordinal);

        AssertOpens(folder.At("1/student"), folder.At("1/export"));
        Assert.True(File.Exists(folder.At("1/export/onnx/model.onnx")));
        AssertSentences(folder, test, settings.Any(setting => setting.Contains("student: sentence", StringComparison.Ordinal)),
            settings.Any(setting => setting.Contains("embedding: 16", StringComparison.Ordinal)));
    }

    /// <summary>Measured, exported and opened again where an objective compared vectors of texts, and nowhere else.</summary>
    private static void AssertSentences(TemporaryFolder folder, JsonElement test, bool compared, bool dense)
    {
        Assert.False(test.GetProperty("teacher").TryGetProperty("sentences", out _));
        foreach (var who in (string[])["student", "baseline"])
        {
            Assert.Equal(compared, test.GetProperty(who).TryGetProperty("sentences", out var sentences));
            if (!compared) continue;
            Assert.Equal(16, sentences.GetProperty("texts").GetInt32());
            Assert.InRange(sentences.GetProperty("recallAt1").GetDouble(), 0, 1);
            Assert.InRange(sentences.GetProperty("spearman").GetDouble(), who == "student" ? 0.5 : -1, 1);
        }
        Assert.Equal(compared, File.ReadAllText(folder.At("1/report.html")).Contains("Nearest text as the teacher has it",
            StringComparison.Ordinal));
        foreach (var part in (string[])["student", "export"])
        {
            Assert.Equal(compared, File.Exists(folder.At($"1/{part}/modules.json")));
            Assert.Equal(dense, File.Exists(folder.At($"1/{part}/2_Dense/model.safetensors")));
        }
        Assert.Equal(compared, File.ReadAllText(folder.At("1/provenance.json")).Contains("embeddings at most", StringComparison.Ordinal));
        if (!compared) return;
        using var device = new CpuDevice(1);
        using SentenceModel student = SentenceModel.Open(folder.At("1/student"), device),
            export = SentenceModel.Open(folder.At("1/export"), device);
        var vector = export.Embed(export.Tokens("Where is the cat?", ""));
        Assert.Equal(dense ? 16 : 8, vector.Length);
        Assert.Equal(student.Embed(student.Tokens("Where is the cat?", "")), vector);
        if (dense) // no adapter: the exported vectors are of the teacher's space
            Assert.Contains("both have width 16", File.ReadAllText(folder.At("1/eval.json")), StringComparison.Ordinal);
    }

    /// <summary>The exported folder is one of the Hugging Face layout, with the tokenizer, and answers as the student does.</summary>
    private static void AssertOpens(string student, string export)
    {
        using var device = new CpuDevice(1);
        var (module, description) = ModelCheckpoint.Load(student, device);
        using var own = module;
        using var opened = EncoderCheckpoint.Load(export, device);
        Assert.Equal(description.ClassNames, opened.Config.Classes);
        var ids = EncoderTokenizer.Open(export).Encode("Where is the cat?");
        using var step = new Step(device);
        step.Begin(training: false);
        var row = Enumerable.Repeat(TokenRows.Padding, 24).ToArray();
        for (var i = 0; i < ids.Length; i++) row[i] = ids[i];
        Assert.Equal(device.ToFloats(module.Forward(step, step.Constant(new Shape(1, 24), row.AsSpan()))),
            device.ToFloats(opened.Model.Forward(step, step.Constant(new Shape(1, ids.Length), ids.AsSpan()))));
    }
}
