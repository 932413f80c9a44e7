using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Onnx;
using Retort.Nn.Models;
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

    /// <summary>The second output of an encoder of sentences, over a padded batch.</summary>
    [Theory]
    [InlineData(BertKind.Bert, 0)]
    [InlineData(BertKind.Bert, 5)]
    [InlineData(BertKind.DistilBert, 5)]
    public void SentencesAreAnOutput(BertKind kind, int embedding)
    {
        using var device = new CpuDevice(1);
        using var model = new Bert(new BertShape(20, 8, 2, 2, 12, 6, 3, kind == BertKind.Bert ? 2 : 0, Kind: kind, Embedding: embedding));
        model.Build(device, new Seed(4));
        using var folder = new TemporaryFolder();
        var path = folder.At("model.onnx");
        OnnxWriter.Write(path, EncoderOnnx.GraphOf(model, sentences: true));
        int[] ids = [1, 5, 2, 0, 1, 9, 4, 2], seen = [1, 1, 1, 0, 1, 1, 1, 1];
        NodeTensor Rows(string name, int[] rows) => new(name, [2, 4], Array.ConvertAll(rows, id => (long)id));
        var found = ExportedOnnx.Own(device, path,
            [Rows("input_ids", ids), Rows("attention_mask", seen), Rows("token_type_ids", new int[8])]);
        Assert.Equal(["logits", "sentence"], found.Select(value => value.Name));
        using var step = new Step(device);
        step.Begin(training: false);
        var wanted = device.ToFloats(model.Embed(step, step.Constant(new Shape(2, 6), [1f, 5, 2, -1, -1, -1, 1, 9, 4, 2, -1, -1])));
        Assert.Equal([2, embedding > 0 ? embedding : 8], found[1].Shape);
        Assert.InRange(ExportedOnnx.Difference(wanted, (float[])found[1].Data, [true, true]), 0, 1e-5);
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
