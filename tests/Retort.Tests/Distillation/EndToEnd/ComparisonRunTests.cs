using System.Text.Json;
using Retort.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>compare walks tuning, seeds and contenders at toy size; a second call finds everything done and says the same.</summary>
[Trait("Category", "Recipe")]
public sealed class ComparisonRunTests
{
    [Fact]
    public void ItComparesAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        string[] arguments =
            ["compare", "digits", "--methods", "dkd,similarity-preserving:10", "--seeds", "2", "--out", folder.At("compare"),
            "--json", .. ToyRun.Set("data.train=200", "data.validation=100", "data.test=100", "data.transferShare=1",
                "teacher.model={kind: mlp, hidden: [32]}", "teacher.training={epochs: 3, batchSize: 64, learningRate: 0.003}",
                "student.model.hidden=[16]", "student.training.epochs=2", "baseline={learningRates: [0.003], halfSteps: false}")];
        var (code, output, error) = RetortCommand.Run(arguments);
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        var names = json.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()).ToList();
        Assert.Equal(["no teacher", "plain distillation", "as written", "equal-entropy-smoothing", "permuted-knowledge",
            "decoupled-knowledge", "similarity-preserving:10"], names);
        Assert.All(json.RootElement.GetProperty("rows").EnumerateArray(), row =>
            Assert.InRange(row.GetProperty("agreementWithIndependentTeacher").GetDouble(), 0, 1));
        Assert.True(File.Exists(folder.At("compare/compare.html")));
        var models = Models(folder);
        var again = RetortCommand.Run(arguments);
        Assert.Equal(output, again.Output);
        Assert.Equal(models, Models(folder));

        // Another T is another student, although its row has the same name.
        var other = RetortCommand.Run([.. arguments, "--temperature", "9", "--hard-weight", "0.3"]);
        Assert.True(other.Code == 0, other.Error);
        Assert.True(models.All(Models(folder).Contains), "what was finished was trained again");
        Assert.Equal(2, Models(folder).Count(model =>
            model.Path.Contains("seed-2/contenders/decoupled-knowledge-", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Maps and exits, several teachers, truncated labels: between them every objective trains but those on heads and on graphs.
    /// </summary>
    [Fact]
    public void EveryObjectiveOfTheCatalogueTrains()
    {
        var trained = RowsOfAll("teacher={source: train, model: {kind: conv-net, channels: [4, 8]}, training: {epochs: 1}}",
                "student.model={kind: conv-net, channels: [4, 8], exits: true}")
            .Union(RowsOfAll("teacher={members: [{source: train, model: {kind: mlp, hidden: [32]}, training: {epochs: 2}}, "
                + "{source: train, model: {kind: mlp, hidden: [48]}, training: {epochs: 2}}]}", "student.model.hidden=[16]"))
            .Union(RowsOfAll("teacher={source: train, model: {kind: mlp, hidden: [32]}, training: {epochs: 1}}",
                "labels={kind: top-k, keep: 3}"));
        // no teacher, plain distillation; need heads, needs drawn tokens, needs a graph, needs a number (RegressionRunTests); need own
        // answers (OnPolicyRunTests), needs another tokenizer (CrossTokenizerRunTests)
        string[] elsewhere = ["hard-label", "soft-label", "attention-relations", "attention-scores", "self-attention-relations", "sampled-label", "local-structure", "true-value",
            "mini-llm", "sampled-divergence", "contrastive-skew-kl", "span-kl", "direct-preference", "best-of-n"];
        Assert.Equal(Catalog.Objectives.Select(entry => entry.Name).Except(elsewhere).Order(),
            trained.Intersect(Catalog.Objectives.Select(entry => entry.Name)).Order());
    }

    private static List<string?> RowsOfAll(params string[] models)
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = RetortCommand.Run(["compare", "digits", "--methods", "all", "--seeds", "1", "--temperature", "4",
            "--hard-weight", "0.1", "--out", folder.At("compare"), "--json", .. ToyRun.Set("data.train=100", "data.validation=50",
                "data.test=50", "data.transferShare=1", "student.training.epochs=1", "baseline={learningRates: [0.001], halfSteps: false}"),
            .. ToyRun.Set(models)]);
        Assert.True(code == 0, error);
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString())];
    }

    private static List<(string Path, DateTime Written)> Models(TemporaryFolder folder) =>
    [
        .. Directory.EnumerateFiles(folder.At("compare"), "model.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (path.Replace('\\', '/'), File.GetLastWriteTimeUtc(path))),
    ];
}
