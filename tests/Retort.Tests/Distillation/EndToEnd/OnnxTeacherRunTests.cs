using System.Globalization;
using System.Text;
using System.Text.Json;
using Retort.Formats.Onnx;
using Retort.Formats.Safetensors;
using Retort.Runs;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Trees from elsewhere become a small net by one command.</summary>
[Trait("Category", "Recipe")]
public sealed class OnnxTeacherRunTests
{
    private const int Rows = 1500;

    [Fact]
    public void ATreeEnsembleIsDistilledIntoAnMlp()
    {
        var path = RealData.Files("model.onnx").FirstOrDefault(file => file.Contains("tree_ensemble_25f", StringComparison.Ordinal));
        if (path is null) Assert.Skip("RETORT_DATA holds no tree_ensemble_25f.");
        using var folder = new TemporaryFolder();
        folder.With("table.csv", Table(path));
        folder.With("trees.yaml", $$"""
            name: trees
            data: {source: csv, path: table.csv, target: class}
            teacher: {source: onnx, path: {{path}}}
            student:
              model: {kind: mlp, hidden: [64]}
              training: {epochs: 30, batchSize: 32, learningRate: 0.01}
              objective: [{name: soft-label, temperature: 1}]
            baseline: {learningRates: [0.01], halfSteps: false}
            """);
        ToyRun.Finish("run", folder.At("trees.yaml"), "--out", folder.At("run"));
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("run/eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        Assert.Equal(1, test.GetProperty("teacher").GetProperty("accuracy").GetDouble(), 2);
        Assert.InRange(test.GetProperty("student").GetProperty("agreement").GetDouble(), 0.7, 1);
        Assert.True(test.GetProperty("teacher").GetProperty("parameters").GetInt64() > 1000);
    }

    /// <summary>What one run exports teaches another, in the loop and by its hidden values.</summary>
    [Fact]
    public void AnExportTeachesInTheLoopAndByItsHiddenValues()
    {
        using var folder = new TemporaryFolder();
        string[] small = ["data.train=300", "data.validation=100", "data.test=100", "baseline={learningRates: [0.003], halfSteps: false}",
            "evaluation.resamples=200", "student.training={epochs: 12, batchSize: 32, learningRate: 0.003}"];
        ToyRun.Finish(["run", "digits", "--out", folder.At("first"), .. ToyRun.Set([.. small, "teacher.training.epochs=1",
            "student.model={kind: conv-net, channels: [4, 8]}", "student.objective=[{name: hard-label}]"])]);
        var teacher = $"teacher={{source: onnx, path: {folder.At("first/export/model.onnx")}}}";
        AssertLearns("matching", ["labels={kind: live}", "student.objective=[{name: soft-label}]", "student.training.augmentShift=1",
            "student.training.mixup=true"]);
        AssertLearns("hidden", ["student.model={kind: conv-net, channels: [4, 8]}", "student.objective=[{name: hard-label}, "
            + "{name: hint, features: {student: blocks.1, teacher: features}}, "
            + "{name: attention-transfer, softWeight: 10, features: {student: blocks.0, teacher: pooled.0}}, "
            + "{name: similarity-preserving, features: {student: pool, teacher: features}}]"]);
        var (code, _, error) = Run("wrong",
            ["student.objective=[{name: hard-label}, {name: hint, features: {student: hidden.0, teacher: feature}}]"]);
        Assert.Equal(2, code);
        Assert.Contains("the graph has no value 'feature'", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'features'?", error, StringComparison.Ordinal);
        (code, _, error) = Run("vector", ["student.model={kind: conv-net, channels: [4, 8]}",
            "student.objective=[{name: hard-label}, {name: attention-transfer, features: {student: blocks.0, teacher: features}}]"]);
        Assert.Equal(2, code);
        Assert.Contains("the teacher's 'features' is a vector", error, StringComparison.Ordinal);

        (int, string, string) Run(string name, string[] changes) =>
            RetortCommand.Run(["run", "digits", "--out", folder.At(name), .. ToyRun.Set([.. small, teacher, .. changes])]);

        void AssertLearns(string name, string[] changes)
        {
            var (code, output, error) = Run(name, changes);
            Assert.True(code == 0, $"{name}: exit code {code}\n{error}\n{output}");
            foreach (var losses in EventLog.Read(folder.At($"{name}/events.jsonl"))
                .Where(line => line.Stage == "student" && line.Name.StartsWith("loss", StringComparison.Ordinal))
                .GroupBy(line => line.Name))
            {
                double[] values = [.. losses.Select(line => line.Value!.Value)];
                Assert.True(values[^5..].Average() < values[..5].Average(), $"{name}: {losses.Key} went from {values[0]} to {values[^1]}");
            }
        }
    }

    [Fact]
    public void AnUnknownOperatorIsRefusedBeforeAnotherTeacherIsTrained()
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(folder.At("m.onnx"), new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 1, 28, 28)
            .Node("Flattens", ["x"], ["y"]).Output("y", OnnxType.Float, OnnxGraph.Batch, 10));
        var members = $"teacher={{members: [{{source: train, model: {{kind: mlp}}}}, {{source: onnx, path: {folder.At("m.onnx")}}}]}}";
        var (code, _, error) = RetortCommand.Run("run", "digits", "--out", folder.At("run"), "--set", members);
        Assert.Equal(2, code);
        Assert.Contains("uses the operator Flattens of ai.onnx opset 17", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'Flatten'?", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("run/teacher/0")));
    }

    /// <summary>Rows drawn evenly between the recorded examples' extremes; their class is what the trees say.</summary>
    private static string Table(string path)
    {
        using var io = SafetensorsReader.Open(Path.Combine(Path.GetDirectoryName(path)!, "io.safetensors"));
        var recorded = io.Entries.Keys.Where(name => name.EndsWith("/in/float_input", StringComparison.Ordinal)).Select(name =>
        {
            var row = new float[25];
            io.ReadFloats(name, row);
            return row;
        }).ToList();
        using var device = new CpuDevice(1);
        using var trees = new OnnxProgram(OnnxReader.Read(path), device);
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, 25).Select(column => $"f{column}"))).Append(",class\n");
        for (var row = 0; row < Rows; row++)
        {
            var values = Enumerable.Range(0, 25).Select(column =>
            {
                var (least, most) = (recorded.Min(one => one[column]), recorded.Max(one => one[column]));
                return least + (most - least) * (float)new Seed(1).Uniform((ulong)row, (ulong)column);
            }).ToArray();
            var label = ((OnnxArray<long>)trees.Run([OnnxArray.Of([1, 25], values)])[0]).Data[0];
            text.AppendJoin(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))
                .Append(CultureInfo.InvariantCulture, $",c{label}\n");
        }
        return text.ToString();
    }
}
