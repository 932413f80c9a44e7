using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Gguf;
using Retort.Formats.Onnx;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Export;

/// <summary>Trained checkpoints of the real data in every format, on the texts of their golden files.</summary>
[Trait("Category", "Golden")]
public sealed class TrainedExportTests(ITestOutputHelper output)
{
    public static TheoryData<string> Folders => [.. RealData.Files("golden.json").Select(file => Path.GetDirectoryName(file)!)
        .Where(folder => File.Exists(Path.Combine(folder, "config.json")))
        .Select(folder => Path.GetRelativePath(RealData.Folder()!, folder))
        .DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Folders))]
    public void EveryFormatAnswersAsTheModel(string name)
    {
        if (name.Length == 0) Assert.Skip("RETORT_DATA holds no trained checkpoint with golden.json.");
        var source = Path.Combine(RealData.Folder()!, name);
        using var golden = Fixtures.Read(Path.Combine(source, "golden.json"));
        int[][] texts = [.. golden.RootElement.EnumerateArray().Select(text =>
            text.GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(source, device);
        var shape = checkpoint.Model.Sizes;
        float[] Answers(Retort.Nn.Models.Gpt model) =>
            [.. texts.SelectMany(text => ExportedOnnx.Logits(model, text, [.. text.Select(_ => 1)], 1))];
        var wanted = Answers(checkpoint.Model);
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(folder.At("model.onnx"), DecoderOnnx.GraphOf(checkpoint.Model));
        OnnxRunner own = (path, inputs) => ExportedOnnx.Own(device, path, inputs);
        float[] graph = [.. texts.SelectMany(text =>
            ExportedOnnx.Decode(own, folder.At("model.onnx"), shape, text, [.. text.Select(_ => 1)], 1, null).Logits)];
        Say(RoundTrip.Compare("onnx", wanted, graph, shape.Vocabulary).Within("onnx", RoundTripBound.Same));
        foreach (var precision in GgufPrecision.All)
        {
            var path = folder.At(precision.Name + ".gguf");
            GgufExport.Write(path, "trained", checkpoint.Model, checkpoint.Config,
                [("tokenizer.ggml.model", GgufValue.Of("none"))], precision);
            using var back = GgufCheckpoint.Load(path, device);
            Say(RoundTrip.Compare($"gguf:{precision.Name}", wanted, Answers(back), shape.Vocabulary)
                .Within(path, RoundTripBound.Of(precision.Name)));
        }

        void Say(RoundTrip answers) => output.WriteLine($"export: {name}: {answers}, {new FileInfo(PathOf(answers.Format)).Length} bytes");
        string PathOf(string format) => folder.At(format == "onnx" ? "model.onnx" : format[5..] + ".gguf");
    }
}
