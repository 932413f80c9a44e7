using System.Text.Json;
using Retort.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Every recipe that ships walks the whole path, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class ShippedRecipeRunTests
{
    private static readonly string[] LeftBehind =
    [
        "recipe.yaml", "eval.json", "report.html", "provenance.json", "events.jsonl", "stages.json",
        "export/model.safetensors",
    ];

    private static readonly string[] Numbers = ["export/model.json", "export/model.onnx"];

    public static TheoryData<string> Names => [.. Catalog.ShippedNames];

    [Theory]
    [MemberData(nameof(Names))]
    public void ItWalksTheWholePath(string name)
    {
        var recipe = RecipeReader.Read(Catalog.ReadShipped(name).Text, name);
        if (recipe.Teacher.Members[0].Source == "chat")
            Assert.Skip($"the recipe {name} was not run: it asks an endpoint. SpokenRunTests and AskedRunTests have one; for yours: retort run {name} --set teacher.chat.endpoint=URL.");
        if (recipe.Data.Path.Length > 0 && RealData.Folder() is null)
            Assert.Skip($"the recipe {name} was not run: its data '{recipe.Data.Path}' are not here. To have it, set RETORT_DATA to the folder that holds them.");
        using var folder = new TemporaryFolder();
        string[] size = recipe.Teacher.Members[0] switch
        {
            { Source: "peer" } => [],
            { Source: "recorded", When.Count: > 0 } => ["student.model.width=16", "student.model.layers=1"],
            { Source: "recorded" } => ["student.model.width=16", "student.model.layers=1", "data.contextLength=160", "data.vocabulary=400"],
            { Model.Kind: "gpt" } when recipe.Data.Source == "preferences" => ["teacher.model.width=16", "teacher.training.epochs=1",
                "data.vocabulary=400", "data.contextLength=1536"],
            { Source: "ensemble" } => ["teacher.ensemble.trees=5", "teacher.ensemble.boostingRounds=4", "teacher.ensemble.netSteps=40",
                "data.transfer.rows=600"],
            { Model.Kind: "gpt" } => ["teacher.model.width=16", "teacher.training.epochs=12", "teacher.training.batchSize=4",
                "teacher.training.learningRate=0.01", "data.teacherTrain=400", // so that its answers come to an end
                .. recipe.Labels.Kind == "text" ? (string[])["data.prompts=40"] : []],
            { Source: "checkpoint", Path: var path } => [$"teacher.path={Path.Combine(RealData.Folder()!, path)}", "data.contextLength=48"],
            { Model.Kind: "bert" } when recipe.Pretraining is null => ["teacher.model.width=16", "student.model.width=16",
                "data.vocabulary=400", "teacher.training.epochs=1"],
            { Model.Kind: "bert" } => ["teacher.model.width=16", "student.model.width=16", "data.vocabulary=400", "data.corpusTexts=200",
                "teacher.training.epochs=1", "pretraining.teacher.epochs=1", "pretraining.student.epochs=1",
                $"data.corpora=[{string.Join(", ", recipe.Data.Corpora.Select(corpus => Path.Combine(RealData.Folder()!, corpus)))}]"],
            { Model.Kind: "conv-net" } => ["teacher.model.channels=[4, 8]", "teacher.training.epochs=2"],
            _ => ["teacher.model.hidden=[32, 32]", "teacher.training.epochs=2"],
        };
        string[] parts = recipe.Data.Source switch
        {
            "graph" => [],
            "preferences" => ["data.train=40", "data.validation=10", "data.test=20"],
            "traces" when recipe.Data.Rows.Count > 0 => ["data.train=60", "data.validation=10", "data.test=20"],
            "traces" => ["data.train=150", "data.validation=30", "data.test=60"],
            _ => ["data.train=400", "data.validation=100", "data.test=150"],
        };
        string[] source = recipe.Data.Path.Length > 0 ? ToyRun.Set($"data.path={Path.Combine(RealData.Folder()!, recipe.Data.Path)}") : [];
        ToyRun.Finish(["run", name, "--out", folder.At("run"), .. source, .. ToyRun.Set(
            [.. size, .. parts, "student.training.epochs=2", "baseline.training.epochs=2",
                "evaluation.resamples=200"])]);

        string[] left = recipe.Data switch
        {
            { IsLanguage: true } => [.. LeftBehind, "export/config.json", "export/tokenizer.json", "export/model.gguf"],
            { IsTextClasses: true } => [.. LeftBehind, "export/config.json", "export/tokenizer.json", "export/onnx/model.onnx", "export/classes.txt"],
            { IsRegression: true } => [.. LeftBehind, .. Numbers],
            _ => [.. LeftBehind, .. Numbers, "export/classes.txt"],
        };
        foreach (var file in left)
            Assert.True(new FileInfo(folder.At("run/" + file)) is { Exists: true, Length: > 0 }, $"{name} leaves no {file}");
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("run/eval.json")));
        var (fewest, most) = recipe.Data.Source switch
        {
            "graph" => (1000, 1000),
            "preferences" => (1, 20), // pairs that fit into the context
            "traces" when recipe.Data.Rows.Count > 0 => (10, 20), // those that fit into the context
            "traces" => (30, 60),
            _ => (150, 150),
        };
        Assert.InRange(evaluation.RootElement.GetProperty("test").GetProperty("examples").GetInt32(), fewest, most);
        ToyRun.AssertSameBytes(folder.At("run/student"), folder.At("run/export"), "model.safetensors");
    }
}
