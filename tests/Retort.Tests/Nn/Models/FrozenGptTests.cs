using Retort.Checkpoints;
using Retort.Nn.Generation;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>
/// Teachers that learn no more, kept in fewer bytes: they answer as a model in floats does whose matrices were rounded the same way. What
/// rounding itself does to random weights is printed, not judged.
/// </summary>
[Trait("Category", "Golden")]
public sealed class FrozenGptTests(ITestOutputHelper output)
{
    public static TheoryData<string, DataType> Kinds
    {
        get
        {
            var data = new TheoryData<string, DataType>();
            foreach (var name in GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text").Select(row => row.Data.Item1).Distinct())
                foreach (var type in new[] { DataType.BFloat16, DataType.Int8, DataType.Int4 }) data.Add(name, type);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ItAnswersAsRoundedWeightsDo(string name, DataType type)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var device = new CpuDevice(2);
        using var frozen = LanguageCheckpoint.Load(golden.Folder, device);
        using var rounded = LanguageCheckpoint.Load(golden.Folder, device);
        int[][] texts = [.. golden.Golden.GetProperty("input_ids").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(token => token.GetInt32()).ToArray())];
        var (whole, bytes) = (LogProbabilities(frozen, texts), frozen.Model.Weights.Bytes);
        frozen.Model.Weights.Freeze(type);
        foreach (var parameter in rounded.Model.Weights.Parameters)
            if (parameter.Shape.Rank > 1) device.Write(parameter.Value, Rounded(device, parameter.Value, type));
        var (found, expected) = (LogProbabilities(frozen, texts), LogProbabilities(rounded, texts));
        var allowed = Math.Max(2e-6,
            8 * golden.Golden.GetProperty("float32_vs_float64").GetProperty("logits_max_abs_diff").GetDouble());
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, allowed * Math.Max(1, Math.Abs(pair.Second))));
        var mean = whole.Average();
        var error = Math.Sqrt(whole.Zip(found, (x, y) => (x - y) * (x - y)).Sum() / whole.Sum(x => (x - mean) * (x - mean)));
        output.WriteLine(FormattableString.Invariant(
            $"golden: {name} in {type}, rounding {error:0.0000} of the deviation, {frozen.Model.Weights.Bytes / (double)bytes:0.00} of the bytes"));
        Assert.True(frozen.Model.Weights.Bytes < bytes);
        var decoding = new Decoding { NewTokens = 8 };
        Assert.Equal(decoding.Answers(rounded.Model, [texts[0][..4]])[0].Tokens, decoding.Answers(frozen.Model, [texts[0][..4]])[0].Tokens);
    }

    private static float[] Rounded(Device device, Tensor matrix, DataType type)
    {
        using var arena = device.CreateArena("rounded");
        var narrow = arena.Allocate(matrix.Shape, type);
        device.Write(narrow, device.ToFloats(matrix));
        return device.ToFloats(narrow);
    }

    private static double[] LogProbabilities(LanguageCheckpoint checkpoint, int[][] texts)
    {
        using var step = new Step(checkpoint.Model.Head.Device);
        step.Begin(training: false);
        return [.. TokenLogProbabilities.Of(step, checkpoint.Model, texts).SelectMany(row => row)];
    }
}
