using Retort.Checkpoints;
using Retort.Cli;
using Retort.Data;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>ONNX Runtime, which we did not write, answers like the student that was trained.</summary>
[Trait("Category", "Verifier")]
public sealed class ExportTests(ITestOutputHelper output)
{
    private const int Asked = 256;

    [Theory]
    [InlineData("{kind: mlp, hidden: [32, 24], activation: relu}")]
    [InlineData("{kind: mlp, hidden: [32, 24], activation: gelu}")]
    [InlineData("{kind: mlp, hidden: [32, 24], activation: silu}")]
    [InlineData("{kind: mlp, hidden: [32, 24], activation: tanh, dropout: 0.1}")]
    [InlineData("{kind: mlp, hidden: []}")]
    [InlineData("{kind: conv-net, channels: [4, 8]}")]
    [InlineData("{kind: mlp, hidden: [32, 24], ranks: [5]}")]
    [InlineData("{kind: conv-net, channels: [4, 8], ranks: [2]}")]
    public void AnotherRuntimeAnswersAlike(string model)
    {
        using var runtime = OnnxRuntimeNode.TryCreate(out var whySkipped);
        if (runtime is null) Assert.Skip(whySkipped);
        using var folder = new TemporaryFolder();
        var text = $$"""
            name: export
            data: {source: digits, train: 300, validation: 64, test: {{Asked}} }
            teacher:
              source: train
              model: {kind: mlp, hidden: [16]}
              training: {epochs: 1}
            student:
              model: {{model}}
              training: {epochs: 3, learningRate: 0.003}
            baseline: {halfSteps: false}
            """;
        var terminal = Terminal.Run(new Library(), "run", folder.With("export.yaml", text), "--out", folder.At("run"));
        Assert.True(terminal.Code == 0, terminal.Error);
        Assert.Contains("answers read back", File.ReadAllText(folder.At("run/provenance.json")), StringComparison.Ordinal);
        ToyRun.AssertSameBytes(folder.At("run/student"), folder.At("run/export"), ModelCheckpoint.WeightsFile);

        var recipe = RecipeReader.Read(text, "export.yaml");
        var test = DatasetReader.Read(recipe.Data, folder.Path, recipe.Seed).Test;
        using var device = new CpuDevice(1);
        var (student, _) = ModelCheckpoint.Load(folder.At("run/export"), device);
        using (student)
        {
            var ours = Predictor.Logits(student, test, device);
            var all = Largest(ours, Answer(Asked));
            var one = Largest(ours.AsSpan(0, test.Classes), Answer(1));
            output.WriteLine(FormattableString.Invariant($"export: {model}: largest difference of a logit {all:g3} on {Asked} inputs, {one:g3} on one alone"));
            Assert.InRange(all, 0, 1e-4);
            Assert.InRange(one, 0, 1e-4);
        }

        float[] Answer(int count) => runtime.Run(folder.At("run/export/model.onnx"), "input", [count, .. test.ExampleShape],
            test.Features[..(count * test.ExampleSize)]);
    }

    private static double Largest(ReadOnlySpan<float> ours, float[] theirs)
    {
        Assert.Equal(ours.Length, theirs.Length);
        var largest = 0.0;
        for (var index = 0; index < theirs.Length; index++) largest = Math.Max(largest, Math.Abs((double)ours[index] - theirs[index]));
        return largest;
    }
}
