using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Distillation.Export;

public sealed class ModelExportTests(ITestOutputHelper output) : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Checkpoints => [.. GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text", "bert", "distilbert")
        .Select(row => row.Data.Item1).Distinct()];

    /// <summary>Each is read back inside, and again here as a user would.</summary>
    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(Checkpoints))]
    public void FoldersAreExportedAndAnswerAlike(string name)
    {
        if (name.Length == 0) Assert.Skip("no golden checkpoints of this kind were found; RETORT_FIXTURES says where they lie.");
        var source = Path.GetDirectoryName(Fixtures.Path(name, out _))!;
        var encoder = name.Contains("bert", StringComparison.Ordinal);
        string[] formats = encoder ? ["onnx", "hf"] : ["onnx", "hf", "gguf:f32", "gguf:f16", "gguf:q8_0", "gguf:q4_K_M"];
        foreach (var format in formats)
        {
            var target = _folder.At(format.Replace(':', '-'));
            try
            {
                var answers = ModelExport.Write(source, target, [ExportFormat.Parse(format, "test")], _device);
                output.WriteLine($"export: {name}: {Assert.Single(answers)}");
                if (format == "hf" && !encoder) LanguageModel.Open(target, _device).Dispose();
                if (format == "onnx")
                    foreach (var file in (string[])["onnx/model.onnx", "config.json", "tokenizer.json"])
                        Assert.True(File.Exists(Path.Combine(target, file)), file);
                if (format.StartsWith("gguf", StringComparison.Ordinal))
                    LanguageModel.Open(Assert.Single(Directory.GetFiles(target)), _device).Dispose();
            }
            catch (RetortException refused) when (refused is not RunFailedException && format.StartsWith("gguf", StringComparison.Ordinal))
            {
                output.WriteLine($"export: {name}: {format} refused: {refused.What}");
                Assert.Contains("gemma3", name, StringComparison.Ordinal); // a pattern of windows that llama.cpp cannot be told
            }
        }
    }

    /// <summary>All metadata but the file's type stay; what was rounded finely is rounded coarsely.</summary>
    [Fact]
    public void AGgufFileIsRoundedAgain()
    {
        var source = Fixtures.Path("gguf/models/llama-gqa_untied-q4_0.gguf", out _)!;
        ExportFormat[] formats = [ExportFormat.Parse("GGUF:Q8_0", "test"), ExportFormat.Parse("onnx", "test")];
        var answers = ModelExport.Write(source, _folder.At("out"), formats, _device);
        Assert.Equal(["gguf:q8_0", "onnx"], answers.Select(answer => answer.Format));
        using var before = GgufReader.Open(source);
        using var after = GgufReader.Open(_folder.At("out/llama-gqa_untied-q4_0-q8_0.gguf"));
        Assert.Equal(7, after.Number("general.file_type"));
        Assert.Equal(Keys(before), Keys(after));
        Assert.Equal(GgufType.Q8_0, after.Entries["blk.0.attn_q.weight"].DataType);
        var refused = Assert.Throws<RetortException>(() =>
            ModelExport.Write(source, _folder.At("hf"), [ExportFormat.Parse("hf", "")], _device));
        Assert.Contains("config.json", refused.What, StringComparison.Ordinal);

        static IEnumerable<string> Keys(GgufReader file) => file.Metadata.Keys.Where(key => key != "general.alignment").Order();
    }

    [Theory]
    [InlineData("onnx")]
    [InlineData("hf")]
    public void AllThatSaysHowTextsAreReadGoesAlong(string format)
    {
        var folder = LanguageModelTests.Written(_folder.At("model"));
        File.WriteAllText(Path.Combine(folder, "chat_template.json"), "{}");
        ModelExport.Write(folder, _folder.At("out"), [ExportFormat.Parse(format, "")], _device);
        Assert.True(File.Exists(_folder.At("out/chat_template.json")));
    }

    /// <summary>What makes vectors of texts goes along in either format, and what is read back makes the same.</summary>
    [Theory]
    [InlineData("onnx", 5)]
    [InlineData("hf", 5)]
    [InlineData("hf", 0)]
    public void VectorsOfTextsAreComparedToo(string format, int embedding)
    {
        var folder = SentenceModelTests.Written(_folder.At("model"), embedding);
        var answers = Assert.Single(ModelExport.Write(folder, _folder.At("out"), [ExportFormat.Parse(format, "")], _device));
        Assert.InRange(answers.SentenceDistance!.Value, 0, 1e-5);
        Assert.Equal(new SentenceModules(8, embedding), SentenceModules.Read(_folder.At("out"), 8));
        if (format == "onnx") return;
        using SentenceModel before = SentenceModel.Open(folder, _device), after = SentenceModel.Open(_folder.At("out"), _device);
        Assert.Equal(before.Embed(before.Tokens("where", "")), after.Embed(after.Tokens("where", "")));
    }

    public static TheoryData<string> Encoders => [.. GoldenCheckpoint.Of("bert", "distilbert").Select(row => row.Data.Item1).Distinct()];

    /// <summary>All texts are longer than what the encoder reads: it is asked about their beginnings.</summary>
    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(Encoders))]
    public void AnEncoderOfShortTextsIsAskedToo(string name)
    {
        using var golden = GoldenCheckpoint.Open(name);
        var config = EncoderConfig.Read(Path.Combine(golden.Folder, "config.json")) with { Positions = 4 };
        using var model = EncoderCheckpoint.Create(config);
        model.Build(_device, new Seed(1));
        new EncoderCheckpoint(model, config).Save(_folder.At("model"));
        CompanionFiles.CopyTokenizer(golden.Folder, _folder.At("model"));
        var answers = ModelExport.Write(_folder.At("model"), _folder.At("out"), [ExportFormat.Parse("onnx", "")], _device);
        Assert.Equal(3, Assert.Single(answers).Answers);
    }

    [Fact]
    public void TheModelsOwnFolderIsNotWrittenOver()
    {
        var folder = LanguageModelTests.Written(_folder.At("model"));
        Assert.Equal("is the model's own folder.", Assert.Throws<RetortException>(() =>
            ModelExport.Write(folder, folder + "/", [ExportFormat.Parse("hf", "")], _device)).What);
    }

    [Fact]
    public void ThereIsNoOtherFormat() => Assert.Contains("gguf:q4_K_M",
        Assert.Throws<RetortException>(() => ExportFormat.Parse("gguf:q3", "--format")).Expected, StringComparison.Ordinal);

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }
}
