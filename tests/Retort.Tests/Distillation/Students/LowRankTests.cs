using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students;
using Retort.Teachers;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class LowRankTests : IDisposable
{
    private const int Asked = 3;
    private readonly CpuDevice _device = new(1);

    /// <summary>A teacher whose matrices are of rank 2 in truth: two factors of that rank say all.</summary>
    [Theory]
    [InlineData("mlp")]
    [InlineData("conv-net")]
    public void AtTheMatricesOwnRankNothingIsLost(string kind)
    {
        using Module narrow = Net(kind, 1, [2]), whole = Net(kind, 2, []), student = Net(kind, 3, [2]);
        Multiply(narrow, whole);
        Assert.True(student.Weights.Count < whole.Weights.Count && student.MultiplyAdds < whole.MultiplyAdds);
        var told = LowRank.Fill(student, whole);
        Assert.All(Answer(narrow).Zip(Answer(whole)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(Answer(whole).Zip(Answer(student)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Contains("rank 2 of", told, StringComparison.Ordinal);
        Assert.Contains("100.0 % of the energy", told, StringComparison.Ordinal);
        Assert.Contains($"{whole.Weights.Count:N0} parameters become {student.Weights.Count:N0}", told, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsMissingIsTheNormOfTheDroppedSingularValues()
    {
        using Mlp whole = (Mlp)Net("mlp", 1, []), student = (Mlp)Net("mlp", 2, [3, 0, 0]);
        LowRank.Fill(student, whole);
        var (left, right) = (_device.ToFloats(student.Layers[0].Weight.Value), _device.ToFloats(student.Layers[0].Reduction!.Value));
        var matrix = _device.ToFloats(whole.Layers[0].Weight.Value);
        var error = 0.0;
        for (var row = 0; row < 12; row++)
            for (var column = 0; column < 64; column++)
                error += Math.Pow(matrix[row * 64 + column]
                    - Enumerable.Range(0, 3).Sum(i => (double)left[row * 3 + i] * right[i * 64 + column]), 2);
        var dropped = SingularValues.Of(matrix, 12, 64).Values.Skip(3).Sum(value => value * value);
        Assert.Equal(Math.Sqrt(dropped), Math.Sqrt(error), 1e-5);
        Assert.Null(student.Layers[1].Reduction);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("conv-net")]
    public void TheSmallestRankThatKeepsTheEnergyIsTaken(string kind)
    {
        using var whole = Net(kind, 1, []);
        var weight = whole is Mlp mlp ? mlp.Layers[0].Weight : ((ConvNet)whole).Convolutions[1].Weight;
        var (rows, columns) = ((int)weight.Shape[0], (int)weight.Shape.CountOf(1, weight.Shape.Rank));
        var values = SingularValues.Of(_device.ToFloats(weight.Value), rows, columns);
        var ranks = LowRank.Ranks(whole, 0.7);
        var rank = ranks[whole is Mlp ? 0 : 1];
        Assert.True(values.Energy(rank) >= 0.7 && values.Energy(rank - 1) < 0.7, $"{rank}");
        Assert.All(LowRank.Ranks(whole, 0.999), all => Assert.Equal(0, all)); // random matrices need all their values
    }

    [Theory]
    [InlineData("mlp", new[] { 5 }, new[] { 5, 5, 0 })] // 3 × 12 is smaller than 5 · (3 + 12)
    [InlineData("mlp", new[] { 5, 0, 2 }, new[] { 5, 0, 2 })]
    [InlineData("conv-net", new[] { 4 }, new[] { 4, 4, 0 })]
    public void AMatrixIsFactoredWhereThatSaves(string kind, int[] ranks, int[] expected)
    {
        using var net = Net(kind, 1, ranks);
        var reductions = net is Mlp mlp ? mlp.Layers.Select(layer => layer.Reduction)
            : ((ConvNet)net).Convolutions.Select(layer => layer.Reduction).Append(((ConvNet)net).Output.Reduction);
        Assert.Equal(expected, reductions.Select(reduction => (int)(reduction?.Shape[0] ?? 0)));
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("conv-net")]
    public void ItSavesLoadsAndAnswersAlikeAsOnnx(string kind)
    {
        using var folder = new TemporaryFolder();
        using var net = Net(kind, 1, [2]);
        var description = new ModelDescription(Recipe(kind, [2]), [1, 8, 8], ["a", "b", "c"]);
        ModelCheckpoint.Save(folder.Path, net, description);
        var (again, _) = ModelCheckpoint.Load(folder.Path, _device);
        using (again) Assert.Equal(Answer(net), Answer(again));
        OnnxWriter.Write(folder.At("model.onnx"), OnnxExport.GraphOf(net, description));
        var model = OnnxReader.Read(folder.At("model.onnx"));
        using var runtime = new OnnxTeacher(model, new OnnxProgram(model, _device), _device, [1, 8, 8], 3);
        var answers = new float[Asked * 3];
        runtime.Label(Examples(), Asked, answers);
        Assert.All(Answer(net).Zip(answers), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void RanksThatSaveNothingOrAreForAnotherModelAreRefused()
    {
        Assert.Contains("no weight matrix gets smaller", Assert.Throws<RetortException>(() => Net("mlp", 1, [64])).Message,
            StringComparison.Ordinal);
        Assert.Contains("2 ranks for 3 weight matrices", Assert.Throws<RetortException>(() => Net("conv-net", 1, [2, 2])).Message,
            StringComparison.Ordinal);
    }

    private static ModelRecipe Recipe(string kind, int[] ranks) =>
        new() { Kind = kind, Hidden = kind == "mlp" ? [12, 12] : [], Channels = kind == "mlp" ? [] : [12, 12], Ranks = ranks };

    private Module Net(string kind, ulong seed, int[] ranks)
    {
        var net = ModelBuilder.Create(Recipe(kind, ranks), [1, 8, 8], 3);
        net.Build(_device, new Seed(seed));
        return net;
    }

    /// <summary>Each matrix of the second model is the product of the first's two.</summary>
    private void Multiply(Module factored, Module whole)
    {
        var own = factored.Weights.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (var parameter in whole.Weights.Parameters)
        {
            var values = _device.ToFloats(own[parameter.Name].Value);
            if (own.TryGetValue(parameter.Name.Replace(".weight", ".reduction", StringComparison.Ordinal), out var reduction)
                && reduction.Name != parameter.Name)
            {
                var (right, rank) = (_device.ToFloats(reduction.Value), (int)reduction.Shape[0]);
                var (rows, columns) = (values.Length / rank, right.Length / rank);
                values = [.. Enumerable.Range(0, rows * columns).Select(at => (float)Enumerable.Range(0, rank)
                    .Sum(i => (double)values[at / columns * rank + i] * right[i * columns + at % columns]))];
            }
            _device.Write(parameter.Value, values);
        }
    }

    private static float[] Examples() => [.. Enumerable.Range(0, Asked * 64).Select(i => (float)new Seed(9).Normal((ulong)i))];

    private float[] Answer(Module net)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(net.Forward(step, step.Constant(new Shape(Asked, 1, 8, 8), Examples())));
    }

    public void Dispose() => _device.Dispose();
}
