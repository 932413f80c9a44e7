using System.Text.Json;
using Retort.Runs;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Hidden values, live teachers, peers and assistants walk the whole path at toy size, and what is resumed is the same.</summary>
[Trait("Category", "Recipe")]
public sealed class SchemeRunTests
{
    /// <summary>
    /// Changes of the recipe, and the accuracy that shows that something was learnt; convolutions need more than a toy's examples.
    /// </summary>
    public static TheoryData<string, string[], double> Schemes => new()
    {
        { "hint",
            ["student.objective=[{name: hard-label}, {name: hint, softWeight: 10, features: {student: hidden.0, teacher: hidden.0}}]"],
            0.4 },
        { "maps", ["teacher.model={kind: conv-net, channels: [4, 8, 8]}", "student.model={kind: conv-net, channels: [4, 8]}",
            "student.objective=[{name: hard-label}, "
            + "{name: knowledge-review, features: [{student: blocks.0, teacher: blocks.0}, {student: blocks.1, teacher: blocks.2}]}, {name: feature-overhaul, softWeight: 0.001, features: {student: blocks.1.norm, teacher: blocks.1.norm}}]"],
                0 },
        { "contrast",
            ["student.objective=[{name: hard-label}, {name: contrastive-representation, negatives: 64, features: {student: hidden.0, teacher: hidden.0}}]"],
            0.4 },
        { "curriculum", ["student.objective=[{name: hard-label}, {name: curriculum-temperature}]"], 0.4 },
        { "a temperature by example", ["student.objective=[{name: hard-label}, {name: curriculum-temperature, scope: example}]"], 0.4 },
        { "matching", ["labels={kind: live}", "student.objective=[{name: soft-label}]", "student.training.augmentShift=2",
            "student.training.mixup=true"], 0.2 },
        { "several",
            ["teacher={members: [{source: train, model: {kind: mlp, hidden: [32]}, training: {epochs: 6}}, {source: train, model: {kind: mlp, hidden: [48]}, training: {epochs: 6}}]}",
            "student.objective=[{name: hard-label}, {name: confidence-aware-teachers, temperature: 4}, {name: confidence-aware-features, softWeight: 5}]"], 0.4 },
        { "peers", ["labels={kind: live}", "teacher={members: [{source: peer}, {source: peer, model: {kind: mlp, hidden: [16]}}]}",
            "student.objective=[{name: hard-label}, {name: soft-label}]"], 0.4 },
        { "average", ["labels={kind: live}", "teacher={source: own-average, decay: 0.9}",
            "student.objective=[{name: hard-label}, {name: soft-label}]", "student.model.dropout=0.2"], 0.4 },
        { "snapshots", ["labels={kind: live}", "teacher.snapshots=3"], 0.4 },
        { "discriminator", ["student.objective=[{name: hard-label}, {name: soft-label}, {name: logit-discriminator, softWeight: 0.1}]"], 0.4 },
        { "noise", ["labels={kind: live}", "student.objective=[{name: soft-label}]", "student.examples={source: noise, smoothness: 3}"], 0.25 },
        { "generator", ["labels={kind: live}", "student.objective=[{name: soft-label}]",
            "student.examples={source: dafl, channels: [4, 4], latent: 8}"], 0 },
        { "adversary", ["labels={kind: live}", "student.objective=[{name: soft-label}]",
            "student.examples={source: zskt, channels: [4, 4], latent: 8, every: 3}"], 0 },
        { "a part that is pruned", ["student.initial={}", "student.model={kind: mlp, hidden: [32]}",
            "student.training.prune={sparsity: 0.8, every: 5}"], 0.4 },
        { "a teacher of low rank", ["student.initial={energy: 0.8}", "student.model={kind: mlp, hidden: [64]}"], 0.4 },
        { "low rank", ["student.model={kind: mlp, hidden: [64], ranks: [8]}"], 0.25 },
        { "convolutions of low rank", ["teacher.model={kind: conv-net, channels: [4, 8]}", "student.initial={}",
            "student.model={kind: conv-net, channels: [4, 8], ranks: [2, 6, 0]}"], 0 },
        { "attacked", ["student.training.attack={radius: 0.1, stepSize: 0.05, steps: 2, cleanWeight: 0.2}",
            "evaluation.attack={radius: 0.1, stepSize: 0.05, steps: 2}"], 0.4 },
        { "narrow teacher", ["teacher.storage=int8"], 0.4 },
        { "exits", ["student.model={kind: conv-net, channels: [4, 8], exits: true}",
            "student.objective=[{name: hard-label}, {name: own-teacher}]"], 0 },
        { "generations", ["student.assistants=[{kind: mlp, hidden: [32]}, {kind: mlp, hidden: [32]}]"], 0.4 },
    };

    [Theory]
    [MemberData(nameof(Schemes))]
    public void ItWalksTheWholePathTwiceTheSame(string name, string[] changes, double least)
    {
        using var folder = new TemporaryFolder();
        ToyRun.Finish(Arguments(folder.At("first"), changes));
        ToyRun.Finish(Arguments(folder.At("second"), changes));
        ToyRun.AssertSame(folder.At("first"), folder.At("second"));
        ToyRun.AssertSameBytes(folder.At("first/student"), folder.At("first/export"), "model.safetensors");
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("first/eval.json")));
        var accuracy = evaluation.RootElement.GetProperty("test").GetProperty("student").GetProperty("accuracy").GetDouble();
        Assert.True(accuracy >= least, $"{name} learns nothing: accuracy {accuracy}");
        var losses = EventLog.Read(folder.At("first/events.jsonl"))
            .Where(line => line.Stage == "student" && line.Name == "loss")
            .Select(line => line.Value!.Value)
            .ToList();
        Assert.True(losses[^1] < losses[0], $"{name}: the loss went from {losses[0]} to {losses[^1]}");
    }

    private static string[] Arguments(string folder, string[] changes) => ["run", "digits", "--out", folder, .. ToyRun.Set(
        "data.train=300", "data.validation=100", "data.test=100", "data.transferShare=1", "teacher.model={kind: mlp, hidden: [64]}",
            "teacher.training={epochs: 12, batchSize: 64, learningRate: 0.003}",
        "student.training.epochs=12", "baseline={learningRates: [0.001], halfSteps: false}", "evaluation.resamples=200"),
            .. ToyRun.Set(changes)];
}
