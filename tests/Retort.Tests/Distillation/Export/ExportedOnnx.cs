using Retort.Formats.Onnx;
using Retort.Nn.Models;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Distillation.Export;

/// <summary>Runs an exported file: our own executor, or ONNX Runtime.</summary>
internal delegate IReadOnlyList<NodeTensor> OnnxRunner(string path, IReadOnlyList<NodeTensor> inputs);

/// <summary>What an exported model answers beside ours; the files' other users go through it too.</summary>
internal static class ExportedOnnx
{
    public const double Allowed = 1e-4;

    public static IReadOnlyList<NodeTensor> Own(Device device, string path, IReadOnlyList<NodeTensor> inputs)
    {
        using var program = new OnnxProgram(OnnxReader.Read(path), device);
        var values = program.Run([.. program.Inputs.Select(input => inputs.Single(given => given.Name == input.Name)).Select(given =>
            OnnxArray.Of(new OnnxTensor("", given.Data is float[] ? OnnxType.Float : OnnxType.Int64, given.Shape, given.Data)))]);
        return [.. values.Select((value, i) => new NodeTensor(program.Outputs[i], ((OnnxArray)value).Shape, ((OnnxArray)value).Floats()))];
    }

    public static OnnxRuntimeNode Runtime()
    {
        var runtime = OnnxRuntimeNode.TryCreate(out var whySkipped);
        if (runtime is null) Assert.Skip(whySkipped);
        return runtime;
    }

    /// <summary>Largest difference of a logit of text, over the largest logit.</summary>
    /// <param name="ours">[tokens, width]</param>
    /// <param name="theirs">As ours.</param>
    /// <param name="mask">Rows that count.</param>
    public static double Difference(float[] ours, float[] theirs, IReadOnlyList<bool> mask)
    {
        Assert.Equal(ours.Length, theirs.Length);
        var width = ours.Length / mask.Count;
        double largest = 0, scale = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            if (!mask[i / width]) continue;
            Assert.True(float.IsFinite(theirs[i]));
            (largest, scale) = (Math.Max(largest, Math.Abs((double)ours[i] - theirs[i])), Math.Max(scale, Math.Abs(ours[i])));
        }
        return largest / Math.Max(scale, 1e-3);
    }

    /// <summary>Our logits [batch·tokens, vocabulary] of a batch with padding at its end.</summary>
    public static float[] Logits(Gpt model, int[] ids, int[] mask, int batch)
    {
        var device = model.Head.Device;
        using var step = new Step(device);
        step.Begin(training: false);
        var shape = new Shape(batch, ids.Length / batch);
        var states = model.States(step, step.Constant(shape, ids.AsSpan()), step.Constant(shape, mask.AsSpan()));
        return device.ToFloats(Retort.Tensors.Operations.LinearOperation.Linear(step, Gpt.Rows(step, states), model.Head));
    }

    /// <summary>
    /// Logits of an exported decoder for tokens behind a past, and the past that follows. A sequence whose first tokens are padding counts
    /// its positions from the first of its text.
    /// </summary>
    public static (float[] Logits, IReadOnlyList<NodeTensor> Past) Decode(OnnxRunner run, string path, GptShape shape, int[] ids,
        int[] mask, int batch, IReadOnlyList<NodeTensor>? past)
    {
        int length = ids.Length / batch, total = mask.Length / batch;
        var positions = new long[ids.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            var row = mask.AsSpan(i / length * total, total - length + i % length + 1);
            positions[i] = Math.Max(0, row.Length - 1 - Math.Max(0, row.IndexOf(1)));
        }
        past ??= [.. Enumerable.Range(0, shape.Layers).SelectMany(i => new[] { "key", "value" }.Select(kind =>
            new NodeTensor($"past_key_values.{i}.{kind}", [batch, shape.KeyHeads, 0, shape.HeadWidth], Array.Empty<float>())))];
        var outputs = run(path, [new("input_ids", [batch, length], Array.ConvertAll(ids, id => (long)id)),
            new("attention_mask", [batch, total], Array.ConvertAll(mask, value => (long)value)),
            new("position_ids", [batch, length], positions), .. past]);
        var present = outputs.Where(output => output.Name != "logits").Select(output =>
            output with { Name = output.Name.Replace("present", "past_key_values", StringComparison.Ordinal) }).ToList();
        Assert.All(present, tensor => Assert.Equal([batch, shape.KeyHeads, total, shape.HeadWidth], tensor.Shape));
        return ((float[])outputs.Single(output => output.Name == "logits").Data, present);
    }
}
