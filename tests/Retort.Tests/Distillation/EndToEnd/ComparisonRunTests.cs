using System.Text.Json;
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
            "decoupled-knowledge", "similarity-preserving:10"], names.Where(name => name != "as written" || names.Count == 7));
        Assert.All(json.RootElement.GetProperty("rows").EnumerateArray(), row =>
            Assert.InRange(row.GetProperty("agreementWithIndependentTeacher").GetDouble(), 0, 1));
        Assert.True(File.Exists(folder.At("compare/compare.html")));
        var model = folder.At("compare/seed-2/contenders/decoupled-knowledge/model.safetensors");
        var written = File.GetLastWriteTimeUtc(model);
        var again = RetortCommand.Run(arguments);
        Assert.Equal(output, again.Output);
        Assert.Equal(written, File.GetLastWriteTimeUtc(model));
    }
}
