using Retort.Checkpoints;
using Retort.Data;
using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Retort.Export;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Export;

public sealed class CalibratedStudentTests
{
    /// <summary>Logits are the student's by its temperature, no class changes, and the best temperature of what is written is 1.</summary>
    [Fact]
    public void TheLastLayerIsDivided()
    {
        const int Rows = 60, Buckets = 32;
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        using var model = new HashedNGrams(3, Buckets, 6, [], 3);
        model.Build(device, new Seed(4));
        ModelCheckpoint.Save(folder.At("student"), model,
            new ModelDescription(new ModelRecipe { Kind = "hashed-n-grams", Width = 6, Vocabulary = Buckets }, [3], ["a", "b", "c"]));
        float[] numbers = [.. Enumerable.Range(0, Rows * 3).Select(i => (float)new Seed(5).Below(2 * Buckets, (ulong)i))];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(row => new Seed(6).Below(3, (ulong)row))];
        var validation = DatasetReader.Create(numbers, labels, [3], ["a", "b", "c"]);
        var before = new Predictions("student", 3, Predictor.Logits(model, validation, device));
        for (var row = 0; row < Rows; row += 2) labels[row] = before.Top(row); // half of it the student knows: neither certain nor hopeless

        var temperature = CalibratedStudent.Write(folder.At("student"), folder.At("calibrated"), validation, device);
        Assert.Equal(BestTemperature.Of(before, labels), temperature, 1e-9);
        Assert.InRange(temperature, 0.06, 19);
        using var written = ModelCheckpoint.Load(folder.At("calibrated"), device).Module;
        var after = new Predictions("student", 3, Predictor.Logits(written, validation, device));
        Assert.Equal(1, BestTemperature.Of(after, labels), 1e-3);
        for (var row = 0; row < Rows; row++)
        {
            Assert.Equal(before.Top(row), after.Top(row));
            for (var c = 0; c < 3; c++) Assert.Equal(before.Row(row)[c] / temperature, after.Row(row)[c], 1e-5);
        }
    }
}
