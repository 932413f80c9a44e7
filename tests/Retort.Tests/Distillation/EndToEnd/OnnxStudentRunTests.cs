using Retort.Formats.Onnx;
using Retort.Runs;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>An ONNX file goes on learning from a teacher, and what comes of it needs the file no more.</summary>
[Trait("Category", "Recipe")]
public sealed class OnnxStudentRunTests
{
    private static readonly string[] Small = ["data.train=300", "data.validation=100", "data.test=100", "evaluation.resamples=200",
        "baseline={learningRates: [0.003], halfSteps: false}", "teacher.model={kind: mlp, hidden: [32]}",
        "teacher.training={epochs: 6, batchSize: 64, learningRate: 0.003}",
        "student.training={epochs: 4, batchSize: 32, learningRate: 0.003}"];

    [Fact]
    public void AnExportGoesOnLearningAndThenTeaches()
    {
        using var folder = new TemporaryFolder();
        ToyRun.Finish(Arguments(folder.At("first"), "student.model={kind: conv-net, channels: [4, 8]}", "student.training.epochs=1"));
        string[] changes = [$"student.model={{kind: onnx, path: {folder.At("first/export/model.onnx")}}}",
            "student.objective=[{name: hard-label}, {name: soft-label}, {name: hint, features: {student: features, teacher: hidden.0}}]"];
        ToyRun.Finish(Arguments(folder.At("second"), changes));
        ToyRun.Finish(Arguments(folder.At("again"), changes));
        ToyRun.AssertSame(folder.At("second"), folder.At("again"));
        ToyRun.AssertSameBytes(folder.At("second/student"), folder.At("second/export"), "model.safetensors");
        var losses = EventLog.Read(folder.At("second/events.jsonl")).Where(line => line is { Stage: "student", Name: "loss" })
            .Select(line => line.Value!.Value).ToList();
        Assert.True(losses[^5..].Average() < losses[..5].Average(), $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.Equal(["logits"], OnnxReader.Read(folder.At("second/export/model.onnx")).Graph.Outputs.Select(output => output.Name));

        Directory.Delete(folder.At("first"), recursive: true);
        ToyRun.Finish(["eval", .. Arguments(folder.At("again"), changes)[1..]]);
        ToyRun.Finish(Arguments(folder.At("third"), $"teacher={{source: checkpoint, path: {folder.At("second/student")}}}",
            "student.model={kind: mlp, hidden: [16]}",
            "student.objective=[{name: hard-label}, {name: hint, features: {student: hidden.0, teacher: features}}]"));
    }

    [Theory]
    [InlineData("", "hint, features: {student: sums, teacher: hidden.0}", "the student (onnx) has no tap 'sums'.")]
    [InlineData("", "attention-transfer, features: {student: sum, teacher: blocks.0}", "the student's 'sum' is a vector")]
    [InlineData("Floor", "soft-label", "uses Floor, which cannot learn here")]
    public void WhatCannotWorkIsRefusedBeforeATeacherIsTrained(string more, string objective, string told)
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph("g").Input("x", OnnxType.Float, OnnxGraph.Batch, 1, 28, 28).Node("Flatten", ["x"], ["f"])
            .Initializer("w", [784, 10], new float[7840]).Node("MatMul", ["f", "w"], ["sum"]);
        OnnxWriter.Write(folder.At("m.onnx"), graph.Node(more.Length == 0 ? "Tanh" : more, ["sum"], ["y"])
            .Output("y", OnnxType.Float, OnnxGraph.Batch, 10));
        var (code, _, error) = RetortCommand.Run(Arguments(folder.At("run"), $"student.model={{kind: onnx, path: {folder.At("m.onnx")}}}",
            objective.Contains("blocks", StringComparison.Ordinal) ? "teacher.model={kind: conv-net, channels: [4]}" : "seed=1",
            $"student.objective=[{{name: hard-label}}, {{name: {objective}}}]"));
        Assert.Equal(2, code);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("run/teacher/0")));
    }

    private static string[] Arguments(string folder, params string[] changes) =>
        ["run", "digits", "--out", folder, .. ToyRun.Set([.. Small, .. changes])];
}
