using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Distillation.Export;

public sealed class EncoderOnnxTests(ITestOutputHelper output)
{
    public static TheoryData<string> Checkpoints => [.. GoldenCheckpoint.Of("bert", "distilbert").Select(row => row.Data.Item1).Distinct()];

    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(Checkpoints))]
    public void OurExecutorAnswersAsTheModel(string name)
    {
        using var device = new CpuDevice(1);
        AnswersAlike(name, (path, inputs) => ExportedOnnx.Own(device, path, inputs));
    }

    [Theory]
    [Trait("Category", "Verifier")]
    [MemberData(nameof(Checkpoints))]
    public void OnnxRuntimeAnswersAsTheModel(string name)
    {
        using var runtime = ExportedOnnx.Runtime();
        AnswersAlike(name, runtime.Run);
    }

    /// <summary>The golden batch, and its second text alone without the padding.</summary>
    private void AnswersAlike(string name, OnnxRunner run)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var device = new CpuDevice(1);
        using var checkpoint = EncoderCheckpoint.Load(golden.Folder, device);
        using var folder = new TemporaryFolder();
        var path = folder.At("model.onnx");
        OnnxWriter.Write(path, EncoderOnnx.GraphOf(checkpoint.Model));
        using var step = new Step(device);
        step.Begin(training: false);
        var typed = checkpoint.Config.TokenTypes > 0;
        var wanted = device.ToFloats(checkpoint.Model.Logits(step, checkpoint.Model.States(step, golden.Rows(step, "input_ids"),
            golden.Rows(step, "attention_mask"), typed ? golden.Rows(step, "token_type_ids") : null)));
        var length = DecoderOnnxTests.Rows(golden, "attention_mask")[1].Sum();
        NodeTensor[] Inputs(Func<int[][], int[][]> part) => [.. new[] { "input_ids", "attention_mask", "token_type_ids" }.Where(key => typed
            || key != "token_type_ids").Select(key =>
            {
                var rows = part(DecoderOnnxTests.Rows(golden, key));
                return new NodeTensor(key, [rows.Length, rows[0].Length], rows.SelectMany(row => row.Select(id => (long)id)).ToArray());
            })];
        var all = ExportedOnnx.Difference(wanted, (float[])run(path, Inputs(rows => rows))[0].Data,
            [.. DecoderOnnxTests.Rows(golden, "input_ids").Select(_ => true)]);
        var classes = checkpoint.Config.Classes.Count;
        var alone = (float[])run(path, Inputs(rows => [rows[1][..length]]))[0].Data;
        var one = ExportedOnnx.Difference(wanted[classes..(2 * classes)], alone, [true]);
        output.WriteLine(FormattableString.Invariant($"export: {name}: relative difference {all:g3}, one text alone {one:g3}"));
        Assert.InRange(Math.Max(all, one), 0, ExportedOnnx.Allowed);
    }
}
