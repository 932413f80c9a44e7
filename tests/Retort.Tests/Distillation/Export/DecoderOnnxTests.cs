using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Onnx;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
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
    public void OnnxRuntimeAnswersAsTheModel(string name)
    {
        using var runtime = ExportedOnnx.Runtime();
        AnswersAlike(name, runtime.Run);
    }

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

    /// <summary>What families may have and no golden checkpoint has: biases everywhere, stretched positions, other gates.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void VariantsAnswerAlike(int variant)
    {
        var plain = new GptShape(40, 24, 2, 4, 2, 8, 20, 32);
        var shape = variant switch
        {
            0 => plain with
            {
                AttentionBias = true, OutputBias = true, HiddenBias = true, Gate = Unary.Gelu, TiedHead = true,
                Rotary = new RotaryAngles(RotaryFrequencies.Yarn(8, 10_000, 4, 1, 32, 16, true), 1.2),
            },
            1 => plain with
            {
                Windows = [3, 5], Gate = Unary.Relu, AttentionScale = 0.5,
                Rotary = new RotaryAngles(RotaryFrequencies.Linear(RotaryFrequencies.Of(8), 2)),
            },
            _ => plain with
            {
                HeadNorms = true, OutputNorms = true, NormOffset = 1, EmbeddingScale = 3, Gate = Unary.GeluTanh, KeyHeads = 4,
            },
        };
        using var device = new CpuDevice(1);
        using var model = new Gpt(shape);
        model.Build(device, new Seed(3));
        foreach (var parameter in model.Weights.Parameters) // biases begin as noughts, which hide mistakes
        {
            var values = device.ToFloats(parameter.Value);
            device.Write(parameter.Value, [.. values.Select((value, i) => value + ((i * 37 % 101) - 50) / 300f)]);
        }
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(folder.At("model.onnx"), DecoderOnnx.GraphOf(model));
        int[] ids = [.. Enumerable.Range(0, 24).Select(i => i * 7 % 40)], mask = [.. ids.Select(_ => 1)];
        OnnxRunner own = (path, inputs) => ExportedOnnx.Own(device, path, inputs);
        var (logits, _) = ExportedOnnx.Decode(own, folder.At("model.onnx"), shape, ids, mask, 2, null);
        var wanted = ExportedOnnx.Logits(model, ids, mask, 2);
        Assert.InRange(ExportedOnnx.Difference(wanted, logits, [.. ids.Select(_ => true)]), 0, ExportedOnnx.Allowed);
    }

    [Fact]
    public void WhatDoesNotFitAFileIsRefusedBeforeItIsMade()
    {
        using var model = new Gpt(new GptShape(1 << 20, 1 << 10, 1, 2, 1, 64, 64, 64));
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
