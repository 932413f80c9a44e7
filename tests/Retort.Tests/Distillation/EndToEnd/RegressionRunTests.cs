using System.Globalization;
using System.Text;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Cli;
using Retort.Data;
using Retort.Formats.Onnx;
using Retort.Recipes;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>From a table with a number to predict to a small net that answers in the number's own units.</summary>
[Trait("Category", "Recipe")]
public sealed class RegressionRunTests
{
    private const string Recipe = """
        name: houses
        data: {source: csv, path: houses.csv, task: regression, target: price, train: 300, validation: 100, test: 200}
        teacher:
          source: train
          model: {kind: mlp, hidden: [64]}
          training: {epochs: 60, batchSize: 16, learningRate: 0.01}
        student:
          model: {kind: mlp, hidden: [16], activation: tanh}
          training: {epochs: 40, batchSize: 16, learningRate: 0.01}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    [Fact]
    public void TheExportAnswersInTheUnitsOfTheTable()
    {
        using var folder = new TemporaryFolder();
        Finish(folder, "run");
        var student = Student(folder, "run");
        var recipe = RecipeReader.Read(Recipe, "houses.yaml");
        var test = DatasetReader.Read(recipe.Data, folder.Path, recipe.Seed).Test;
        var (column, prices) = (test.Numbers!.Column, test.Numbers.Column.InUnits(test.Numbers.Values));
        Assert.InRange(prices.Average(), 150_000, 350_000);
        Assert.InRange(student.GetProperty("rmse").GetDouble(), 100, 0.35 * column.Deviation);
        Assert.InRange(student.GetProperty("r2").GetDouble(), 0.85, 1);

        using var device = new CpuDevice(1);
        using var program = new OnnxProgram(OnnxReader.Read(folder.At("run/export/model.onnx")), device);
        Assert.Equal(["prediction"], program.Outputs);
        var said = ((OnnxArray)program.Run([OnnxArray.Of([test.Count, test.ExampleSize], test.Features)])[0]).Floats();
        var squares = said.Zip(prices, (answer, price) => Math.Pow((double)answer - price, 2)).Average();
        Assert.Equal(student.GetProperty("rmse").GetDouble(), Math.Sqrt(squares), 1e-4 * column.Deviation);
        Assert.Equal(column, ModelCheckpoint.Describe(folder.At("run/export")).Target);
        Assert.False(File.Exists(folder.At("run/export/classes.txt")));
        Assert.DoesNotContain("ccuracy", File.ReadAllText(folder.At("run/report.html")), StringComparison.Ordinal);
        Assert.DoesNotContain("ccuracy", File.ReadAllText(folder.At("run/eval.json")), StringComparison.Ordinal);
    }

    /// <summary>A teacher in the loop, its hidden values too, and one before the student; training as before without any of it.</summary>
    [Theory]
    [InlineData("live", "labels={kind: live}", "student.training.augmentNoise=0.05")]
    [InlineData("hint", "student.objective=[{name: logit-regression}, {name: hint, softWeight: 0.1, features: {student: hidden.0, teacher: hidden.0}}]")]
    [InlineData("assistant", "student.assistants=[{kind: mlp, hidden: [32]}]")]
    [InlineData("two", "teacher={members: [{source: train, model: {kind: mlp, hidden: [32]}, training: {epochs: 30, batchSize: 16}}, {source: train, model: {kind: mlp, hidden: [24]}, training: {epochs: 30, batchSize: 16}}], average: logits}")]
    [InlineData("partly", "data.labelled=0.5", "student.objective=[{name: logit-regression}]")]
    [InlineData("munge", "data.transfer={kind: munge, rows: 500, relabel: synthetic}", "student.objective=[{name: logit-regression}]")]
    public void OtherWaysLearnToo(string name, params string[] changes)
    {
        using var folder = new TemporaryFolder();
        Finish(folder, name, changes);
        Assert.InRange(Student(folder, name).GetProperty("r2").GetDouble(), 0.8, 1);
    }

    /// <summary>The units of a teacher are those of its training rows: it teaches where they are the same, and nowhere else.</summary>
    [Fact]
    public void ATeacherOfOtherUnitsIsRefused()
    {
        using var folder = new TemporaryFolder();
        Finish(folder, "first", "teacher.training.epochs=2", "student.training.epochs=2");
        var teacher = $"teacher={{source: checkpoint, path: {folder.At("first/teacher/0")}}}";
        Finish(folder, "again", teacher, "student.training.epochs=2");
        var terminal = Run(folder, "other", teacher, "seed=2");
        Assert.Equal(2, terminal.Code);
        Assert.Contains("the teacher answers the number 'price' in units of ", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("use the data, the seed and the task that this teacher was trained with.", terminal.Error, StringComparison.Ordinal);
        terminal = Run(folder, "classes", teacher, "data={source: csv, path: houses.csv, target: kind}", "student.objective=[{name: soft-label}]");
        Assert.Equal(2, terminal.Code);
        Assert.Contains("classes, as the data have.", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WordsInTheTargetAreRefusedBeforeAnyWork()
    {
        using var folder = new TemporaryFolder();
        var terminal = Run(folder, "run", "data.target=kind");
        Assert.Equal(2, terminal.Code);
        Assert.Contains("the target column 'kind' has words, such as 'flat', and data.task is regression.", terminal.Error,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("run")));
    }

    private static void Finish(TemporaryFolder folder, string name, params string[] changes)
    {
        var terminal = Run(folder, name, changes);
        Assert.True(terminal.Code == 0, terminal.Error);
    }

    private static Terminal Run(TemporaryFolder folder, string name, params string[] changes)
    {
        folder.With("houses.csv", Table());
        return Terminal.Run(new Library(),
            ["run", folder.With("houses.yaml", Recipe), "--out", folder.At(name), .. ToyRun.Set(changes)]);
    }

    private static JsonElement Student(TemporaryFolder folder, string name)
    {
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At(name + "/eval.json")));
        return evaluation.RootElement.GetProperty("test").GetProperty("student").Clone();
    }

    /// <summary>Prices of size, age (sometimes missing) and kind, with noise.</summary>
    private static string Table()
    {
        var text = new StringBuilder("size,age,kind,price\n");
        for (var row = 0; row < 600; row++)
        {
            var seed = new Seed(9).Derive((ulong)row);
            var (size, age, villa) = (40 + 160 * seed.UniformDouble(0), 80 * seed.UniformDouble(1), seed.Below(3, 2) == 0);
            var price = 100_000 + 1_000 * size + 8 * (age - 40) * (age - 40) + (villa ? 60_000 : 0) + 3_000 * seed.Normal(3);
            text.Append(CultureInfo.InvariantCulture, $"{size:0.0},{(row % 50 == 7 ? "" : $"{age:0}")},{(villa ? "villa" : "flat")},{price:0}\n");
        }
        return text.ToString();
    }
}
