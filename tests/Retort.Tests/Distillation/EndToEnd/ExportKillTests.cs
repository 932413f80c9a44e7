using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// An export may be killed at any moment: no half file has a final name, and the next export leaves the bits of one that was left alone.
/// </summary>
[Trait("Category", "Kill")]
public sealed class ExportKillTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A model of some megabytes, killed while each of its files is being written, one after the other.</summary>
    [Fact]
    public void AModelIsExportedWholeOrNotAtAll()
    {
        string[] Export(string name) => ["export", Model(), "--out", _folder.At(name),
            .. ((string[])["hf", "gguf:f16", "gguf:q8_0", "onnx"]).SelectMany(format => (string[])["--format", format])];
        ToyRun.Finish(Export("alone"));
        foreach (var half in (string[])["model.safetensors", "model-f16.gguf", "model-q8_0.gguf", "model.onnx"])
        {
            using var command = RetortCommand.Start(Export("killed"));
            while (!command.HasEnded && !IsBegun("killed", half)) Thread.Yield();
            Assert.True(command.KillAfter(TimeSpan.Zero), $"the export ended before {half} was seen half");
            output.WriteLine($"kill: while {half} was written, beside {string.Join(", ", Files("killed"))}");
            Assert.Contains(Leftovers("killed"), path => Path.GetFileName(path).StartsWith($".{half}.", StringComparison.Ordinal));
            AssertWhole("alone", "killed");
        }
        ToyRun.Finish(Export("killed"));
        AssertWhole("alone", "killed");
        Assert.Equal(Files("alone"), Files("killed"));
        Assert.Empty(Leftovers("killed"));
    }

    /// <summary>The stage of a run, killed behind each number of files; going on gives the run that was left alone.</summary>
    [Fact]
    public void AStageIsExportedWholeOrNotAtAll()
    {
        var recipe = _folder.With("toy.yaml", LanguageRunTests.Toy);
        string[] Of(string verb, string name, params string[] more) => [verb, recipe, "--out", _folder.At(name),
            .. ToyRun.Set("student.model.width=128", "student.model.layers=2"), .. more];
        ToyRun.Finish(Of("run", "alone"));
        foreach (var stage in (string[])["label", "train", "eval"]) ToyRun.Finish(Of(stage, "killed"));
        var files = Files("alone/export").Length;
        Assert.True(files > 3);
        for (var there = 0; there < files - 1; there++)
        {
            if (Directory.Exists(_folder.At("killed/export"))) Directory.Delete(_folder.At("killed/export"), recursive: true);
            using var command = RetortCommand.Start(Of("export", "killed"));
            while (!command.HasEnded && (!Directory.Exists(_folder.At("killed/export")) || Files("killed/export").Length < there))
                Thread.Yield();
            Assert.True(command.KillAfter(TimeSpan.Zero), $"the export ended before {there} of {files} files were seen");
            output.WriteLine($"kill: beside {string.Join(", ", Files("killed/export").DefaultIfEmpty("nothing"))}");
            Assert.DoesNotContain("export", File.ReadAllText(_folder.At("killed/stages.json")), StringComparison.Ordinal);
            AssertWhole("alone/export", "killed/export");
        }
        ToyRun.Finish(Of("run", "killed", "--resume"));
        ToyRun.AssertSame(_folder.At("alone"), _folder.At("killed"));
    }

    private string Model()
    {
        var folder = _folder.At("model");
        if (Directory.Exists(folder)) return folder;
        var config = new CausalConfig
        {
            Family = CausalFamily.Llama, VocabularySize = 8192, HiddenSize = 256, IntermediateSize = 512, Layers = 2, Heads = 4,
            KeyValueHeads = 2, HeadWidth = 64, Positions = 64, Rope = new RopeConfig(RopeKind.Default, 10_000), Windows = [0, 0],
        };
        using var device = new CpuDevice(1);
        using var model = LanguageCheckpoint.Create(config);
        model.Build(device, new Seed(5));
        new LanguageCheckpoint(model, config, null).Save(folder);
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(Fixtures.Path("tokenizers/llama3_bpe/" + name, out _)!, Path.Combine(folder, name));
        return folder;
    }

    private bool IsBegun(string name, string file) =>
        Leftovers(name).Any(path => Path.GetFileName(path).StartsWith($".{file}.", StringComparison.Ordinal));

    private string[] Leftovers(string name) => [.. All(name).Where(path => path.EndsWith(".tmp", StringComparison.Ordinal))];

    private string[] Files(string name) => [.. All(name).Where(path => !path.EndsWith(".tmp", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(_folder.At(name), path)).Order(StringComparer.Ordinal)];

    private string[] All(string name) => Directory.Exists(_folder.At(name))
        ? Directory.GetFiles(_folder.At(name), "*", SearchOption.AllDirectories)
        : [];

    private void AssertWhole(string expected, string actual)
    {
        foreach (var file in Files(actual)) ToyRun.AssertSameBytes(_folder.At(expected), _folder.At(actual), file);
    }
}
