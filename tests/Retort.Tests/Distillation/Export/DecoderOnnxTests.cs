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

public sealed class DecoderOnnxTests(ITestOutputHelper output)
{
    public static TheoryData<string> Checkpoints => [.. GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text")
        .Select(row => row.Data.Item1).Distinct()];

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
    public void OnnxRuntimeAnswersAsTheModel(string name) => AnswersAlike(name, ExportedOnnx.Runtime());

    /// <summary>The golden batch whole; in two parts, the second behind the first; and its first text behind padding.</summary>
    private void AnswersAlike(string name, OnnxRunner run)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(golden.Folder, device);
        using var folder = new TemporaryFolder();
        var path = folder.At("model.onnx");
        OnnxWriter.Write(path, DecoderOnnx.GraphOf(checkpoint.Model));
        var shape = checkpoint.Model.Sizes;
        int[][] ids = Rows(golden, "input_ids"), mask = Rows(golden, "attention_mask");
        int batch = ids.Length, length = ids[0].Length, cut = length / 3;
        var wanted = ExportedOnnx.Logits(checkpoint.Model, Flat(ids), Flat(mask), batch);
        var counts = Flat(mask).Select(value => value != 0).ToArray();

        var (whole, _) = ExportedOnnx.Decode(run, path, shape, Flat(ids), Flat(mask), batch, null);
        var apart = ExportedOnnx.Difference(wanted, whole, counts);

        int[] Part(int[][] rows, int from, int to) => Flat([.. rows.Select(row => row[from..to])]);
        var (_, past) = ExportedOnnx.Decode(run, path, shape, Part(ids, 0, cut), Part(mask, 0, cut), batch, null);
        var (rest, _) = ExportedOnnx.Decode(run, path, shape, Part(ids, cut, length), Flat(mask), batch, past);
        var behind = ExportedOnnx.Difference(Behind(wanted, batch, length, cut), rest,
            [.. mask.SelectMany(row => row[cut..].Select(value => value != 0))]);

        var text = ids[0][..cut];
        var (padded, _) = ExportedOnnx.Decode(run, path, shape, [0, 0, 0, .. text], [0, 0, 0, .. text.Select(_ => 1)], 1, null);
        var alone = ExportedOnnx.Difference(ExportedOnnx.Logits(checkpoint.Model, text, [.. text.Select(_ => 1)], 1),
            padded[(3 * shape.Vocabulary)..], [.. text.Select(_ => true)]);
        output.WriteLine(FormattableString.Invariant(
            $"export: {name}: relative difference whole {apart:g3}, with past {behind:g3}, behind padding {alone:g3}"));
        Assert.InRange(Math.Max(apart, Math.Max(behind, alone)), 0, ExportedOnnx.Allowed);
    }

    [Fact]
    public void WhatDoesNotFitAFileIsRefusedBeforeItIsMade()
    {
        using var model = new Retort.Nn.Models.Gpt(new Retort.Nn.Models.GptShape(1 << 20, 1 << 10, 1, 2, 1, 64, 64, 64));
        var error = Assert.Throws<RetortException>(() => DecoderOnnx.GraphOf(model)); // it has no numbers yet
        Assert.Contains("an ONNX file ends at 2 GiB", error.Expected, StringComparison.Ordinal);
    }

    private static float[] Behind(float[] logits, int batch, int length, int cut)
    {
        var width = logits.Length / batch / length;
        return [.. logits.Chunk(length * width).SelectMany(row => row[(cut * width)..])];
    }

    private static int[] Flat(int[][] rows) => [.. rows.SelectMany(row => row)];

    internal static int[][] Rows(GoldenCheckpoint golden, string key) => [.. golden.Golden.GetProperty(key).EnumerateArray()
        .Select(row => row.EnumerateArray().Select(number => number.GetInt32()).ToArray())];
}
