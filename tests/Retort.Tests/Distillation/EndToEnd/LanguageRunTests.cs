using System.Globalization;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Texts walk the whole path, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class LanguageRunTests
{
    internal const string Toy = """
        name: toy
        data: {source: arithmetic, train: 60, validation: 10, test: 40, terms: 2, testTerms: 3, contextLength: 32}
        teacher:
          source: train
          model: {kind: gpt, width: 16, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 30, batchSize: 4, learningRate: 0.01, checkpointSteps: 3}
        student:
          model: {kind: gpt, width: 8, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 3, batchSize: 4, learningRate: 0.01, checkpointSteps: 3}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    [Theory]
    [InlineData("{kind: live}")]
    [InlineData("{kind: hard}")]
    [InlineData("{kind: top-k, keep: mass>=0.9 max 5}")]
    [InlineData("{kind: sampled, draws: 20}")]
    [InlineData("{kind: hidden}")]
    [InlineData("{kind: text, answers: {temperature: 1, perPrompt: 2}}")]
    public void EachKindOfLabelsEndsInAStudent(string labels)
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", Toy);
        string[] Run(string name, params string[] more) =>
            ["run", recipe, "--out", folder.At(name), .. ToyRun.Set("labels=" + labels, "student.training.accumulate=2"), .. more];
        ToyRun.Finish(Run("one", "--set", "threads=1"));
        ToyRun.Finish(Run("two", "--set", "threads=2"));
        ToyRun.AssertSame(folder.At("one"), folder.At("two"));
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("one/eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        Assert.Equal(40, test.GetProperty("examples").GetInt32());
        foreach (var model in (string[])["teacher", "student", "baseline"])
            foreach (var figure in (string[])["exactMatch", "loss", "perplexity", "tokenAccuracy", "ece", "parameters", "bytes", "latencyMs",
                "tokensPerSecond"])
                Assert.True(test.GetProperty(model).TryGetProperty(figure, out _), $"{model} has no {figure}");
        Assert.InRange(test.GetProperty("student").GetProperty("klFromTeacher").GetDouble(), 0, 20);
        ToyRun.AssertSameBytes(folder.At("one/student"), folder.At("one/export"), "model.safetensors");
        ToyRun.AssertSameBytes(folder.At("one/student"), folder.At("one/export"), "tokenizer.json");
        using var device = new CpuDevice(1);
        using var exported = LanguageModel.Open(folder.At("one/export/model.gguf"), device);
        Assert.Equal(18, exported.Model.Sizes.Vocabulary);
        Assert.Equal(labels.Contains("text", StringComparison.Ordinal), File.Exists(folder.At("one/labels/answers.jsonl")));
        if (!new[] { "top-k", "sampled", "hidden" }.Any(kind => labels.Contains(kind, StringComparison.Ordinal))) return;
        ToyRun.AssertSameBytes(folder.At("one/labels"), folder.At("two/labels"), "labels-00000-of-00001.safetensors");
        var notes = evaluation.RootElement.GetProperty("notes");
        Assert.Contains("bytes a token", notes.GetProperty("labels, foreseen").GetString(), StringComparison.Ordinal);
        Assert.Contains("of them rows", notes.GetProperty("labels, measured").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Hidden states in half precision and the teacher's head are the teacher in the loop, but for rounding.</summary>
    [Fact]
    public void HiddenStatesAreTheTeacherItself()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", Toy);
        double Loss(string kind)
        {
            ToyRun.Finish("run", recipe, "--out", folder.At(kind), "--set", "labels.kind=" + kind);
            using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At(kind + "/eval.json")));
            return evaluation.RootElement.GetProperty("test").GetProperty("student").GetProperty("klFromTeacher").GetDouble();
        }
        Assert.Equal(Loss("live"), Loss("hidden"), 5e-3);
        Assert.DoesNotContain(EventLog.Read(folder.At("hidden/events.jsonl")),
            line => line.Stage == "student" && line.Name == "time/scoring" && line.Value > 0);
    }

    /// <summary>A student that is half of its teacher, and one whose adapters alone learn beside a model that is there.</summary>
    [Fact]
    public void AStudentBeginsAsAnotherModel()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", Toy);
        ToyRun.Finish(["run", recipe, "--out", folder.At("part"), .. ToyRun.Set("teacher.model.layers=2",
            "student.model={kind: gpt, from: teacher, layers: 1, hidden: [20]}", "student.initial={layers: [1]}", "labels={kind: top-k, keep: 9}")]);
        using var device = new CpuDevice(1);
        using (var student = LanguageCheckpoint.Load(folder.At("part/student"), device))
        using (var baseline = LanguageCheckpoint.Load(folder.At("part/baseline"), device))
        {
            Assert.Equal((16, 1, 20), (student.Config.HiddenSize, student.Config.Layers, student.Config.IntermediateSize));
            Assert.Equal(student.Config, baseline.Config with { EndTokens = student.Config.EndTokens, Windows = student.Config.Windows });
        }
        ToyRun.Finish(["run", recipe, "--out", folder.At("lora"), .. ToyRun.Set(
            $"student.model={{kind: gpt, from: \"{folder.At("part/student")}\"}}", "student.lora={rank: 2, targets: [q_proj, down_proj]}")]);
        foreach (var exported in (string[])["lora/student", "lora/export"])
        {
            using var whole = LanguageCheckpoint.Load(folder.At("part/student"), device);
            using var merged = LanguageCheckpoint.Load(folder.At(exported), device);
            var first = device.ToFloats(whole.Model.Weights.Flat);
            using var adapters = AdapterCheckpoint.Load(AdapterCheckpoint.FolderIn(folder.At(exported)), whole.Model);
            adapters.Merge();
            Assert.Equal(device.ToFloats(merged.Model.Weights.Flat), device.ToFloats(whole.Model.Weights.Flat));
            Assert.NotEqual(first, device.ToFloats(merged.Model.Weights.Flat));
        }
    }

    /// <summary>Memory falls; nothing else changes.</summary>
    [Fact]
    public void BlocksThatAreComputedAgainTeachTheSame()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", Toy);
        string[] Run(string name, string again) =>
            ["run", recipe, "--out", folder.At(name), .. ToyRun.Set("student.model.layers=3", "student.training.recomputeBlocks=" + again)];
        ToyRun.Finish(Run("kept", "false"));
        ToyRun.Finish(Run("again", "true"));
        ToyRun.AssertSameBytes(folder.At("kept/student"), folder.At("again/student"), "model.safetensors");
        Assert.Contains("recomputeBlocks: true", File.ReadAllText(folder.At("again/recipe.yaml")), StringComparison.Ordinal);
        Assert.Contains("\"blocks of student\"", File.ReadAllText(folder.At("again/eval.json")), StringComparison.Ordinal);
        Assert.DoesNotContain("\"blocks of student\"", File.ReadAllText(folder.At("kept/eval.json")), StringComparison.Ordinal);
        Assert.Contains("recomputeBlocks: false  # default", File.ReadAllText(folder.At("kept/recipe.yaml")), StringComparison.Ordinal);
    }

    /// <summary>What the plan says of the disk, against the folder that is left.</summary>
    [Fact]
    public void ThePlanKnowsTheDisk()
    {
        using var folder = new TemporaryFolder();
        string[] wide = ["teacher.model.width=64", "student.model.width=48", "student.model.layers=2", "teacher.training.epochs=1",
            "student.training.epochs=1", "baseline.halfSteps=true"];
        ToyRun.Finish(["run", folder.With("toy.yaml", Toy), "--out", folder.At("run"), .. ToyRun.Set(wide)]);
        var planned = Planner.Plan(RecipeReader.Read(Toy, "toy.yaml", wide), folder.Path).Rows.Single(row => row.Item == "disk").Value;
        Assert.EndsWith(" MiB", planned, StringComparison.Ordinal);
        var measured = Directory.EnumerateFiles(folder.At("run"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Assert.InRange(double.Parse(planned[..^4], CultureInfo.InvariantCulture), 0.9 * measured / (1 << 20), 1.1 * measured / (1 << 20));
    }

    /// <summary>A checkpoint teaches, with its own tokenizer, on rows of a file.</summary>
    [Fact]
    public void ACheckpointTeachesTexts()
    {
        using var folder = new TemporaryFolder();
        ToyRun.Finish("run", folder.With("toy.yaml", Toy), "--out", folder.At("first"));
        folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"{{\"prompt\": \"{i % 10}+{i / 10}:\", \"completion\": \"{i % 10}+{i / 10}={(i % 10 + i / 10) % 10} >{(i % 10 + i / 10) % 10}\"}}\n")));
        ToyRun.Finish("run", folder.With("more.yaml", $$"""
            name: more
            data: {source: text, path: "{{folder.At("rows.jsonl")}}", contextLength: 32, check: exact}
            teacher: {source: checkpoint, path: "{{folder.At("first/student")}}"}
            student:
              model: {kind: gpt, width: 8, layers: 1, heads: 1}
              training: {epochs: 2, batchSize: 4}
            evaluation: {resamples: 200}

            """), "--out", folder.At("second"));
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("second/eval.json")));
        Assert.Equal(6, evaluation.RootElement.GetProperty("test").GetProperty("examples").GetInt32());
        Assert.True(evaluation.RootElement.GetProperty("test").GetProperty("student").TryGetProperty("exactMatch", out _));
        Assert.False(Directory.Exists(folder.At("second/teacher")));
        AssertDisturbed(folder.At("second"), "exactMatch");
        ToyRun.Finish("run", folder.At("more.yaml"), "--out", folder.At("third"), "--set", "data.check=none");
        AssertDisturbed(folder.At("third"), "loss");
    }

    /// <summary>Texts as they are give the figures of the table above; others stand beside them, and some are worse.</summary>
    private static void AssertDisturbed(string run, string figure)
    {
        using var evaluation = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        JsonElement[] rows = [.. test.GetProperty("disturbed").EnumerateArray()];
        Assert.Equal(TextDisturbance.All.Select(one => one.Name).Prepend("as they are"), rows.Select(row => row.GetProperty("name").GetString()));
        foreach (var model in (string[])["teacher", "student", "baseline"])
            Assert.Equal(test.GetProperty(model).GetProperty(figure).GetDouble(), rows[0].GetProperty(model).GetDouble(), 1e-9);
        if (figure == "loss") Assert.Contains(rows, row => row.GetProperty("student").GetDouble() != rows[0].GetProperty("student").GetDouble());
        Assert.Contains("a tenth of the words unknown", File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.Ordinal);
    }
}
